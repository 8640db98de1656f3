import createClient, { type Middleware } from 'openapi-fetch';
import { chosenProject } from './project.ts';
import type { paths } from './schema.d.ts';

/** What the server says went wrong: a stable code, a sentence, and what to do about it. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string | undefined;
  /** After how many seconds the server wants to be asked again, where it says so. */
  readonly retryAfterSeconds: number | undefined;
  /** What the server's log and traces know the request by. */
  readonly requestId: string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      remedy?: string | undefined;
      retryAfterSeconds?: number | undefined;
      requestId?: string | undefined;
    } = {},
  ) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.remedy = more.remedy;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.requestId = more.requestId;
  }
}

/** The problem that a failed answer carries; also for answers that something in between has sent. */
async function readProblem(response: Response): Promise<ApiProblem> {
  const isProblem = response.headers.get('content-type')?.includes('json') ?? false;
  const body: { title?: string; code?: string; remedy?: string; requestId?: string } = isProblem
    ? await response.json().catch(() => ({}))
    : {};
  return new ApiProblem(
    response.status,
    body.code ?? 'unknown',
    body.title ?? `The server answered with status ${response.status}.`,
    {
      remedy: body.remedy,
      retryAfterSeconds: Number(response.headers.get('retry-after')) || undefined,
      // What stands before the server, and answers without it, gives an id of its own.
      requestId: body.requestId ?? response.headers.get('x-request-id') ?? undefined,
    },
  );
}

const PROJECT_HEADER = 'x-project';

const nameProject: Middleware = {
  onRequest({ request }) {
    const project = chosenProject();
    if (project !== null) request.headers.set(PROJECT_HEADER, project);
  },
};

const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await readProblem(response);
  },
  onError() {
    return new ApiProblem(0, 'unreachable', 'The server does not answer.', {
      remedy: 'Check that CommandCenter is still running.',
    });
  },
};

/** The API, typed by the server's own description. Failed calls throw ApiProblem. */
export const api = createClient<paths>({ baseUrl: '/' });
api.use(nameProject, throwProblems);

/** A call whose body or answer is no JSON: files that are sent, answers that come bit by bit. */
export async function callApi(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const project = chosenProject();
  if (project !== null) headers.set(PROJECT_HEADER, project);
  const response = await fetch(path, { ...init, headers });
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** The data of an answer; for calls whose failures have already been thrown. */
export async function dataOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
