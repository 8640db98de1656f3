import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Caller, Context, Role, Visit } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { isId } from '#platform/ids/index.ts';

/** The server as features see it: routes typed by their TypeBox schemas. */
export { HSTS, SECURITY_HEADERS } from './security-headers.ts';
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/**
 * What a route needs: a role in the project; `user` for anybody signed in, whatever the project; `admin` for
 * who looks after the installation; `monitoring` for them and for who has METRICS_TOKEN; or `public` for the few
 * that work without a session.
 */
export type Permission = Role | 'user' | 'admin' | 'monitoring' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: Permission;
    /** Held open for as long as its reader wants, so it is not one of the requests that are under way. */
    stream?: boolean;
    /** The answer holds a secret that is shown once, so it is kept nowhere, not even for a repetition. */
    secretAnswer?: boolean;
    /** The body holds texts of any make, which the route cleans before it keeps them. */
    foreignText?: boolean;
  }
  interface FastifyRequest {
    /** On whose behalf and in which project the request runs; there on routes that need a role in one. */
    context: Context;
    /** Who asks; absent only on public routes. */
    caller: Caller;
    /** Where the request comes from; on every route. */
    readonly visit: Visit;
  }
}

export { isoTime, type JsonText, sendJson } from './json-text.ts';
export { nullable, pageOf, pageQuery } from './schema.ts';

/** An opaque cursor that holds the sort key of the last row of a page. */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The sort key in a cursor. Throws AppError `cursor-invalid` for anything that is none of this list. */
export function decodeCursor<T>(cursor: string, isKey: (value: unknown) => value is T): T {
  const value = parse(cursor);
  if (isKey(value)) return value;
  throw appError('cursor-invalid', 400, 'The cursor is not one that this list has given.', {
    remedy: 'Start again without a cursor.',
  });
}

/** The same for lists in the order of their ids. */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor, isIdKey);
}

const isIdKey = (value: unknown): value is string => typeof value === 'string' && isId(value);

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
