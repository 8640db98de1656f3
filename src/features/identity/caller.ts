import type { Caller } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';

/** A caller in a project, as routes that need a role in one get it. */
export type Member = Caller & { membership: NonNullable<Caller['membership']> };

export function memberOf(caller: Caller): Member {
  const { membership } = caller;
  if (!membership) throw noProject();
  return { ...caller, membership };
}

/**
 * Refuses tokens: what is about a person's own account is for that person, so that a token that got lost
 * can't change a password, sign in or make more tokens. Throws AppError 403 `session-needed`.
 */
export function personOf(caller: Caller): Caller {
  if (caller.actor.kind === 'user') return caller;
  throw appError('session-needed', 403, 'A token can’t do this.', { remedy: 'Sign in with a browser.' });
}

/** One answer for a project that isn't there and one that isn't the caller's: neither tells that it exists. */
export function noProject(): Error {
  return appError('project-not-found', 404, 'There is no such project for you.', {
    remedy: 'GET /api/v1/projects lists yours. Name one by the header X-Project.',
  });
}
