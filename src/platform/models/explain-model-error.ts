import { AppError, appError } from '#platform/errors/index.ts';

/** Says what went wrong at the model provider and what to do. Its own texts are not passed on: they may hold keys. */
export function explainModelError(error: unknown, timeoutMs: number): AppError {
  if (error instanceof AppError) return error;
  const options = { cause: error };
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return appError(
      'model-timeout',
      504,
      `The language model did not finish within ${timeoutMs / 1000} seconds.`,
      {
        ...options,
        remedy: 'Ask again, or raise MODEL_TIMEOUT_SECONDS.',
      },
    );
  }
  const status = statusOf(error);
  if (status === 401 || status === 403) {
    return appError('model-unauthorized', 502, `The language model's provider refused the key (${status}).`, {
      ...options,
      remedy: 'Check MODEL_API_KEY.',
    });
  }
  if (status === 404) {
    return appError(
      'model-unknown',
      502,
      "The language model's provider knows no such model or address (404).",
      {
        ...options,
        remedy: 'Check MODEL_NAME and MODEL_BASE_URL.',
      },
    );
  }
  if (status === 429) {
    return appError('model-busy', 503, "The language model's provider refuses more requests for now (429).", {
      ...options,
      remedy: 'Ask again in a minute.',
    });
  }
  if (status !== undefined && status >= 400) {
    return appError('model-failed', 502, `The language model's provider failed (${status}).`, options);
  }
  if (isNetworkError(error)) {
    return appError(
      'model-unreachable',
      502,
      "The language model's server could not be reached or broke off.",
      {
        ...options,
        remedy: 'Check MODEL_BASE_URL and the network.',
      },
    );
  }
  return appError(
    'model-malformed',
    502,
    'The language model sent an answer that could not be read.',
    options,
  );
}

/** The SDK wraps the errors of retried calls; the HTTP status is on the innermost. */
function statusOf(error: unknown): number | undefined {
  for (const each of chain(error)) {
    const status = each['statusCode'];
    if (typeof status === 'number' && status >= 400) return status;
  }
  return undefined;
}

function isNetworkError(error: unknown): boolean {
  return chain(error).some((each) => {
    const code = String(each['code'] ?? '');
    return (
      /^(E[A-Z]+|UND_ERR_\w+)$/.test(code) || each.message === 'terminated' || each.message === 'fetch failed'
    );
  });
}

function chain(error: unknown): (Error & Record<string, unknown>)[] {
  const found: (Error & Record<string, unknown>)[] = [];
  let current: unknown = error;
  while (current instanceof Error && found.length < 6) {
    const each = current as Error & Record<string, unknown>;
    found.push(each);
    current = each['lastError'] ?? each.cause;
  }
  return found;
}
