import { AppError, appError } from '#platform/errors/index.ts';
import { explainDatabaseError, sqlState } from '../explain-error.ts';

/** What keeps a database from being made or put in the place of another, and which grant is needed. */
export function explainReplacing(error: unknown, live: string): unknown {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = sqlState(error);
  if (code === '42501' && message.includes('rename database')) {
    return appError('restore-not-permitted', 409, `The login of DATABASE_URL may not do that: ${message}.`, {
      remedy:
        'As a superuser: ALTER ROLE <login> CREATEDB; a restore renames the living database and the one beside it.',
      cause: error,
    });
  }
  if (code === '42501' && message.includes('must be owner')) {
    return appError(
      'restore-not-permitted',
      409,
      `The login of DATABASE_URL does not own ${live}: ${message}.`,
      {
        remedy: `As a superuser: ALTER DATABASE "${live}" OWNER TO <login>;`,
        cause: error,
      },
    );
  }
  if (code === '42501') {
    return appError('restore-not-permitted', 409, `PostgreSQL does not permit it: ${message}.`, {
      remedy:
        'Sessions of a superuser or another login in the database have to be ended first, or GRANT pg_signal_backend to the login.',
      cause: error,
    });
  }
  if (code === '55006') {
    return appError('restore-blocked', 409, `The database can’t be renamed while it is used: ${message}.`, {
      remedy: 'End those sessions and prepared transactions, then run this again; nothing was changed.',
      cause: error,
    });
  }
  return explainDatabaseError(error) ?? error;
}

export function noMaintenance(cause: unknown): unknown {
  const known = explainDatabaseError(cause);
  if (known) return known;
  return appError(
    'restore-not-permitted',
    409,
    `The login of DATABASE_URL can connect to no other database of the server: ${(cause as Error).message}.`,
    { remedy: 'As a superuser: GRANT CONNECT ON DATABASE postgres TO <login>;', cause },
  );
}
