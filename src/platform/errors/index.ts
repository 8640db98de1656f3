export interface AppErrorOptions {
  /** What the reader can do about it, as one sentence. */
  remedy?: string;
  /** Machine-readable details that are safe to show. */
  details?: unknown;
  cause?: unknown;
}

/** The one error that may be shown to a user: a stable code, a status and a safe, plain sentence. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly remedy: string | undefined;
  readonly details: unknown;

  constructor(code: string, status: number, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = status;
    this.remedy = options.remedy;
    this.details = options.details;
  }
}

/** Builds an {@link AppError}; `status` is the HTTP status a route answers with. */
export function appError(
  code: string,
  status: number,
  message: string,
  options: AppErrorOptions = {},
): AppError {
  return new AppError(code, status, message, options);
}

/** A 404 that names what was looked for. */
export function notFound(what: string, id: string): AppError {
  return appError('not-found', 404, `There is no ${what} ${id}.`);
}

/** Nobody hears of it: the caller went away before the answer was begun. 499 as nginx says it. */
export function callerGone(): AppError {
  return appError('caller-gone', 499, 'The caller went away before the answer was begun.');
}

/** Whether retrying can't change the outcome: the caller asked for something that can't be done. */
export function isFinal(error: unknown): error is AppError {
  return error instanceof AppError && error.status < 500;
}

/** A sentence for a person: an AppError's own, or a neutral one that gives no internals away. */
export function safeMessage(error: unknown): string {
  return error instanceof AppError ? error.message : 'Something went wrong on the server; its log says what.';
}
