import { Agent } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Offer, type Operation, readOperations, valuesOf } from '#testing/api-operations.ts';
import { addPerson, startTestApp, type TestApp, type TestPerson } from '#testing/index.ts';
import {
  crossReferences,
  fingerprint,
  HANDLE,
  MARK,
  type PlantedProject,
  plantProject,
  WORD,
} from '#testing/planted-project.ts';
import { type RawRequest, sendRaw } from '#testing/send-raw.ts';

/** The same requests each time; ISOLATION_SEED and ISOLATION_RUNS look further. */
const SEED = Number(process.env['ISOLATION_SEED'] ?? 20_261_123);
const RUNS = Number(process.env['ISOLATION_RUNS'] ?? 4);
const AT_ONCE = 4;
const UNKNOWN = '0197a000-0000-7000-8000-000000000000';

/** What no person's words get into. */
const WITHOUT_WORDS = [
  'documents.pages',
  'moves.actor_id',
  'moves.actor_name',
  'repository_statistics.activity',
  'scans.counts',
];
/** Answers that hold none, and a list that is empty here. */
const ONLY_NUMBERS = ['/api/v1/jobs/counts', '/api/v1/repositories/{id}/transitive-dependencies'];

interface Stranger {
  name: string;
  headers: Record<string, string>;
}
interface Got {
  status: number;
  text: string;
}

let app: TestApp;
let operations: Operation[];
let planted: PlantedProject;
let strangers: Stranger[];
/** Everything that only who may read the planted project can know. */
let needles: string[];
/** A place in each list of the planted project, by path. */
let cursors: Map<string, string>;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  const env = { RATE_LIMIT_PER_MINUTE: '1000000', LOGIN_LIMIT_PER_MINUTE: '100000' };
  app = await startTestApp({ env });
  operations = readOperations((await app.request('GET', '/api/docs/json')).body);
  planted = await plantProject(app);
  strangers = await inviteStrangers();
  const ids = Object.values(planted.ids).flat();
  needles = [MARK, ...new Set(ids)];
  cursors = await readCursors();
}, 240_000);
afterAll(async () => {
  agent.destroy();
  await app.close();
});

/** People of another project, of none, nobody, and a token of the other project's owner. */
async function inviteStrangers(): Promise<Stranger[]> {
  const project = 'other';
  await app.request('POST', '/projects', { name: 'Other', slug: project });
  await app.request('POST', '/technologies', { name: 'Own' }, { 'x-project': project });
  const [owner, editor, viewer, left] = [
    await addPerson(app, 'owner', { project }),
    await addPerson(app, 'editor', { project }),
    await addPerson(app, 'viewer', { project }),
    await addPerson(app, 'editor', { project }),
  ];
  await owner.request('DELETE', `/members/${left.id}`);
  const { token } = (await owner.request('POST', '/tokens', { name: 'all', scope: 'admin' })).body;
  const cookies = (person: TestPerson) => ({
    cookie: [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  });
  return [
    { name: 'an owner', headers: cookies(owner) },
    { name: 'a token of an owner', headers: { authorization: `Bearer ${token}` } },
    { name: 'an editor', headers: cookies(editor) },
    { name: 'a viewer', headers: cookies(viewer) },
    { name: 'somebody in no project', headers: cookies(left) },
    { name: 'nobody', headers: {} },
  ];
}

/** A place in each list of the planted project. */
async function readCursors(): Promise<Map<string, string>> {
  const lists = operations.filter(
    ({ method, path, parameters }) =>
      method === 'GET' && !path.includes('{') && parameters.some(({ name }) => name === 'cursor'),
  );
  const pairs = await Promise.all(
    lists.map(async ({ path }) => {
      const { body } = await app.request('GET', `${path}?limit=1`);
      return [path, String(body.nextCursor ?? 'x')] as const;
    }),
  );
  return new Map(pairs);
}

const REFUSED = 'http://127.0.0.1:9/';

/** What belongs to the planted project, wherever it fits. Ids don't go into texts, which would bring them back. */
function offerFor(operation: Operation, place: 'query' | 'body'): Offer {
  const own = idsFor(operation);
  const all = Object.values(planted.ids).flat();
  return (name, schema) => {
    if (name === 'location') return fc.constant('/nonexistent/repository');
    if (name === 'url' && operation.path.endsWith(':fetch')) return fc.constant(REFUSED);
    if (name === 'cursor') return fc.constant(cursors.get(operation.path) ?? 'x');
    if (/^(q|question|text|title)$/.test(name)) return fc.constant(WORD);
    if (/^(technology|slug)$/.test(name)) return fc.constant(HANDLE);
    if (schema.type !== 'string' || schema.enum || 'const' in schema) return undefined;
    const ids = fc.oneof(fc.constantFrom(...own), fc.constantFrom(...all));
    if (schema.format === 'uuid' || /^[a-z]*Id$/.test(name)) return ids;
    if (schema.format || schema.pattern) return undefined;
    return fc.oneof(
      place === 'query' ? ids : fc.constant(WORD),
      valuesOf(schema, () => undefined),
    );
  };
}

function idsFor({ path }: Operation): string[] {
  const kind = /\/([a-z-]+)\/\{/.exec(path)?.[1] ?? '';
  const known = planted.ids[kind] ?? Object.values(planted.ids).flat();
  return kind === 'technologies' ? [HANDLE, ...known] : known;
}

/** Ways to say which project a request is meant for. */
const ADDRESSED: readonly (() => { query: string; headers: Record<string, string> })[] = [
  () => ({ query: '', headers: {} }),
  () => ({ query: '', headers: { 'x-project': 'other' } }),
  () => ({ query: '', headers: { 'x-project': planted.slug } }),
  () => ({ query: '', headers: { 'x-project': planted.id } }),
  () => ({ query: `project=${planted.slug}`, headers: {} }),
  () => ({ query: `project=${planted.id}`, headers: { 'x-project': 'other' } }),
];

function requestsTo(operation: Operation, stranger: Stranger): fc.Arbitrary<RawRequest> {
  const inQuery = offerFor(operation, 'query');
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const query = operation.parameters.filter((each) => each.in === 'query');
  const required = query.filter((each) => each.required).map(({ name }) => name);
  return fc
    .record({
      parts: fc.record(
        Object.fromEntries(names.map((name) => [name, fc.constantFrom(...idsFor(operation))])),
      ),
      query: fc.record(
        Object.fromEntries(query.map(({ name, schema }) => [name, valuesOf(schema, inQuery, name)])),
        { requiredKeys: required as never[] },
      ),
      addressed: fc.constantFrom(...ADDRESSED),
      body: operation.body ? valuesOf(operation.body, offerFor(operation, 'body')) : fc.constant(undefined),
    })
    .map(({ parts, query, addressed, body }) => {
      const address = addressed();
      const fields = Object.entries(query).map(
        ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
      );
      const search = [...fields, address.query].filter(Boolean).join('&');
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(parts[name] ?? ''),
      );
      return {
        method: operation.method,
        path: `${path}?${search}`,
        headers: {
          ...stranger.headers,
          ...address.headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          'if-match': '*',
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      };
    });
}

/** The whole answer, with what its headers tell. */
async function send(sent: RawRequest): Promise<Got> {
  const { status, headers, text } = await sendRaw(app.url, agent, sent);
  return { status, text: JSON.stringify([headers.location, headers['set-cookie']]) + text };
}

/** What a stranger has learned that they didn't know; undefined if nothing. */
async function learnedFrom(sent: RawRequest): Promise<string | undefined> {
  const got = await send(sent);
  if (got.status >= 500) return `${got.status} ${got.text.slice(0, 300)}`;
  const known = JSON.stringify(sent);
  const needle = needles.find((each) => got.text.includes(each) && !known.includes(each));
  if (needle) return `${got.status} with ${needle} in ${got.text.slice(0, 1_000)}`;
  const nowhere = withoutPlanted(sent);
  if (nowhere === null) return undefined;
  const other = await send(nowhere);
  // The first of two equal requests may have made what the second one meets.
  if (got.status === 409 || other.status === 409 || answerOf(got) === answerOf(other)) return undefined;
  return `an answer that tells what is there from what is not: ${answerOf(got)} and ${answerOf(other)}`;
}

/** The same request about what is nowhere; null if it names nothing that is planted. */
function withoutPlanted(sent: RawRequest): RawRequest | null {
  const ids = [...Object.values(planted.ids).flat()];
  const replace = (text: string) => ids.reduce((result, id) => result.replaceAll(id, UNKNOWN), text);
  const path = replace(sent.path).replace(`/${HANDLE}`, '/nothing');
  const body = sent.body === undefined ? undefined : replace(sent.body);
  return path === sent.path && body === sent.body ? null : { ...sent, path, body };
}

function answerOf({ status, text }: Got): string {
  const code = /"code":"([a-z0-9-]+)"/.exec(text)?.[1];
  return `${status}${status >= 400 ? ` ${code}` : ''}`;
}

/** Whoever signs out can try nothing more. */
const isLast = ({ name }: Operation) => name === 'DELETE /api/v1/session';

async function attack(operation: Operation): Promise<string[]> {
  const found: string[] = [];
  for (const stranger of strangers) {
    const property = fc.asyncProperty(requestsTo(operation, stranger), async (sent) => {
      const learned = await learnedFrom(sent);
      if (learned !== undefined) throw new Error(learned);
    });
    const result = await fc.check(property, { seed: SEED, numRuns: RUNS });
    if (!result.failed) continue;
    const why = result.errorInstance instanceof Error ? result.errorInstance.message : 'interrupted';
    found.push(
      `${stranger.name}, ${operation.name}: ${why}\n  ${JSON.stringify(result.counterexample).slice(0, 1_500)}\n  ISOLATION_SEED=${result.seed}, path ${result.counterexamplePath}`,
    );
  }
  return found;
}

describe('a project that every text of is marked', () => {
  test('is marked everywhere but in columns of fixed values', () => {
    expect(planted.unmarked).toEqual(WITHOUT_WORDS);
  });

  test('shows its marks to its own owner, so that their absence means something', async () => {
    const blind: string[] = [];
    for (const operation of operations) {
      const { method, path, permission, parameters } = operation;
      if (method !== 'GET' || ['public', 'user', 'admin', 'monitoring'].includes(permission)) continue;
      const query = parameters.some(({ name }) => name === 'q') ? `?q=${WORD}` : '';
      const seen = await Promise.all(
        (path.includes('{') ? idsFor(operation) : ['']).map((id) =>
          send({
            method,
            path: path.replace(/\{\w+\}/, id) + query,
            headers: { authorization: `Bearer ${app.token}` },
            body: undefined,
          }),
        ),
      );
      if (!seen.some(({ text }) => text.includes(MARK))) blind.push(path);
    }
    expect(blind).toEqual(ONLY_NUMBERS);
  });
});

test('people of another project learn nothing of it and change nothing in it, on any route', async () => {
  expect(operations.length).toBeGreaterThan(60);
  const before = await fingerprint(app, planted);
  const queue = operations.filter((operation) => !isLast(operation));
  const found: string[] = [];
  const next = async (): Promise<void> => {
    for (let operation = queue.shift(); operation; operation = queue.shift())
      found.push(...(await attack(operation)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  for (const { name, headers } of strangers) {
    const { status } = await send({ method: 'GET', path: '/api/v1/session', headers, body: undefined });
    expect(status, `${name} is still who they were`).toBe(name === 'nobody' ? 401 : 200);
  }
  for (const operation of operations.filter(isLast)) found.push(...(await attack(operation)));
  await app.runJobs();
  expect(found.join('\n\n')).toBe('');
  expect(await fingerprint(app, planted)).toEqual(before);
  expect(await crossReferences(app)).toEqual([]);
}, 300_000);
