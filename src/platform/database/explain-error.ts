import { AppError, appError } from '#platform/errors/index.ts';

/** The SQLSTATE (or the operating system's code) of an error, also of one that a query builder has wrapped. */
export function sqlState(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && /^([0-9A-Z]{5}|E[A-Z_]+)$/.test(code)) return code;
  }
  return undefined;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** invalid_password */
export const NOT_SIGNED_IN = '28P01';

/** Whether the server could not be reached, went away, or is starting or stopping (SQLSTATE 08xxx, 57P01–57P03). */
export function isConnectionFailure(error: unknown): boolean {
  const code = sqlState(error);
  if (code === undefined) return false;
  return UNREACHABLE.has(code) || code.startsWith('08') || /^57P0[1-5]$/.test(code);
}

/** Whether the driver gave up waiting for an answer, which it tells by these words and no code. */
export function isGivenUp(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    if (at.message === 'Query read timeout') return true;
  }
  return false;
}

/** Whether the same transaction, begun again, may well succeed: a serialisation failure or a deadlock. */
export function isConflict(error: unknown): boolean {
  const code = sqlState(error);
  return code === '40001' || code === '40P01';
}

interface Explanation {
  code: string;
  message: string;
  remedy: string;
}

const READ_ONLY: Explanation = {
  code: 'database-read-only',
  message: 'The database takes no changes at the moment: it is read-only.',
  remedy: 'Reading works. It is a standby, or was made read-only; point DATABASE_URL at the primary.',
};
const TIMED_OUT: Explanation = {
  code: 'database-timeout',
  message: 'The database took too long to answer.',
  remedy: 'Try again in a moment. The server’s log names the statement.',
};

const REFUSED: Explanation = {
  code: 'database-refused',
  message: 'PostgreSQL refuses the user or the password of DATABASE_URL.',
  remedy:
    'Check both; the password may also be given as DATABASE_PASSWORD or DATABASE_PASSWORD_FILE. PostgreSQL’s log says more.',
};

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  '25006': READ_ONLY,
  '28000': REFUSED,
  [NOT_SIGNED_IN]: REFUSED,
  '3D000': {
    code: 'database-missing',
    message: 'PostgreSQL has no database of the name that DATABASE_URL ends with.',
    remedy: 'Create it with `createdb`, owned by the user of DATABASE_URL, or correct the name.',
  },
  '53100': {
    code: 'database-full',
    message: 'The database’s disk is full; nothing was changed.',
    remedy: 'Free or add space on the volume of PostgreSQL; nothing else has to be done.',
  },
  '53200': {
    code: 'database-out-of-memory',
    message: 'The database ran out of memory; nothing was changed.',
    remedy: 'Try again in a moment, and give PostgreSQL more memory.',
  },
  '53300': {
    code: 'database-busy',
    message: 'The database has no connection left.',
    remedy: 'Lower DATABASE_POOL_SIZE or raise max_connections of PostgreSQL.',
  },
  '55P03': {
    code: 'database-locked',
    message: 'Another change holds what this one needs, for too long; nothing was changed.',
    remedy: 'Try again in a moment.',
  },
  '57014': TIMED_OUT,
  '25P03': TIMED_OUT,
};

const UNAVAILABLE: Explanation = {
  code: 'database-unavailable',
  message: 'The database can’t be reached at the moment.',
  remedy: 'Try again in a moment; it is looked for all the time.',
};

/**
 * The 503 that says what is wrong with the database itself; undefined for errors that are about the request and
 * for what has been explained already.
 */
export function explainDatabaseError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return undefined;
  const code = sqlState(error);
  const found = isConnectionFailure(error)
    ? UNAVAILABLE
    : code !== undefined
      ? EXPLANATIONS[code]
      : isGivenUp(error)
        ? TIMED_OUT
        : undefined;
  if (!found) return undefined;
  return appError(found.code, 503, found.message, { remedy: found.remedy, cause: error });
}

/** A connection was lost while the commit was under way, so nobody knows whether the change was made. */
export function outcomeUnknown(cause: unknown): AppError {
  return appError('outcome-unknown', 503, 'The database went away while the change was being written.', {
    remedy: 'Look whether the change is there before you repeat it.',
    cause,
  });
}

/** No connection of the pool became free, or none could be made, in the time that is allowed. */
export function noConnection(cause: unknown): AppError {
  return (
    explainDatabaseError(cause) ??
    appError('database-busy', 503, 'No connection to the database became free in time.', {
      remedy: 'Try again in a moment. If it lasts, raise DATABASE_POOL_SIZE.',
      cause,
    })
  );
}

/** What work is told that was begun for the database before. */
export function databaseReplaced(): AppError {
  return appError('database-replaced', 409, 'A restore has put another database in place meanwhile.', {
    remedy: 'Nothing was written. Look at what is there now, and begin again.',
  });
}
