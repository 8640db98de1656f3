import { AppError } from '#platform/errors/index.ts';

/** An error as a log line tells it. */
export interface DescribedError {
  type: string;
  code?: string;
  status?: number;
  message: string;
  stack?: string;
  cause?: DescribedError | undefined;
}

const DEPTH = 5;

/** Type, message, stack and causes of an error, without the values that a failed statement was given. */
export function describeError(error: unknown, depth = DEPTH): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  const message = messageOf(error);
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error instanceof AppError ? { status: error.status } : {}),
    message,
    stack: `${error.name}: ${message}\n${frames(error)}`.trimEnd(),
    ...(error.cause === undefined || depth === 0 ? {} : { cause: describeError(error.cause, depth - 1) }),
  };
}

/** The query builder puts the values of a failed statement into its message; only the statement is told. */
function messageOf(error: Error): string {
  const { query, params } = error as { query?: unknown; params?: unknown };
  return typeof query === 'string' && params !== undefined ? `Failed query: ${query}` : error.message;
}

/** The stack without the message that it begins with. */
function frames(error: Error): string {
  const lines = (error.stack ?? '').split('\n');
  const first = lines.findLastIndex((line) => !/^\s+at /.test(line)) + 1;
  return lines.slice(first).join('\n');
}
