import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Context, Role } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';

/** The server as features see it: routes typed by their TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a route needs: a role in the project, or `public` for the few that work without a session. */
export type Permission = Role | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: Permission;
  }
  interface FastifyRequest {
    /** On whose behalf the request runs; absent only on public routes. */
    context: Context;
  }
}

export { nullable, pageOf, pageQuery } from './schema.ts';

/** An opaque cursor that holds the sort key of the last row of a page. */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Throws AppError `cursor-invalid` for anything that encodeCursor didn't make. */
export function decodeCursor<T>(cursor: string): T {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as T;
  } catch {
    throw appError('cursor-invalid', 400, 'The cursor is not one that this list has given.', {
      remedy: 'Start again without a cursor.',
    });
  }
}
