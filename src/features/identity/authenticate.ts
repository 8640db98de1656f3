import type { Caller, Membership, Platform, Role, Visit } from '#platform/context/index.ts';
import {
  readSessionPrincipal,
  readTokenPrincipal,
  type SessionPrincipal,
  type TokenPrincipal,
  touchSession,
  touchToken,
} from './authentication-store.ts';
import { hashSecret, isApiToken } from './random-secrets.ts';
import { remember } from './remember.ts';
import { SESSION_IDLE_DAYS } from './sessions.ts';

/** What a request shows to prove who sends it, and the project (slug or id) that it wants to work in. */
export interface Credential {
  kind: 'session' | 'token';
  secret: string;
  project: string | undefined;
}

/** Longest thing that can be a slug or an id; anything else names no project. */
const MAX_PROJECT_CHARACTERS = 100;
const DAY_MS = 86_400_000;
const SCOPE_ROLE = { read: 'viewer', write: 'editor', admin: 'owner' } as const;
const RANK: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 };

/**
 * Finds out who sends a request; null for a credential that is not valid (any more). What is
 * revoked or changed counts at once in the process that does it, in others after a second at most.
 */
export async function authenticate(visit: Visit, credential: Credential): Promise<Caller | null> {
  const project = credential.project?.slice(0, MAX_PROJECT_CHARACTERS);
  return credential.kind === 'session'
    ? authenticateSession(visit, credential.secret, project)
    : authenticateToken(visit, credential.secret, project);
}

async function authenticateSession(
  visit: Visit,
  secret: string,
  project: string | undefined,
): Promise<Caller | null> {
  const { platform } = visit;
  const now = platform.clock.now();
  const idleSince = new Date(now.getTime() - SESSION_IDLE_DAYS * DAY_MS);
  const row = await remember(platform, { kind: 'session', secret, project, now }, async () => {
    const reading = readSessionPrincipal(hashSecret(secret), { project, now, idleSince });
    const found = await platform.database.identityRead(reading);
    if (found?.stale) await note(platform, (tx) => touchSession(tx, found.sessionId, now));
    return found;
  });
  if (!row) return null;
  return {
    ...visit,
    actor: { kind: 'user', id: row.userId, name: row.userName, address: visit.address },
    userId: row.userId,
    admin: row.admin,
    sessionId: row.sessionId,
    membership: toMembership(row, 'owner'),
  };
}

async function authenticateToken(
  visit: Visit,
  secret: string,
  project: string | undefined,
): Promise<Caller | null> {
  const { platform } = visit;
  const now = platform.clock.now();
  const row = await remember(platform, { kind: 'token', secret, project, now }, async () => {
    if (!isApiToken(secret)) return undefined;
    const reading = readTokenPrincipal(hashSecret(secret), { project, now });
    const found = await platform.database.identityRead(reading);
    if (found?.stale) await note(platform, (tx) => touchToken(tx, found.tokenId, now));
    return found;
  });
  if (!row) return null;
  // Whoever reads DATA_DIR/owner-token could read the database too, so it is the user's own hand.
  const actor = row.local
    ? ({ kind: 'user', id: row.userId, name: row.userName } as const)
    : ({ kind: 'token', id: row.tokenId, name: `${row.tokenName} (${row.userName})` } as const);
  return {
    ...visit,
    actor: { ...actor, address: visit.address },
    userId: row.userId,
    admin: row.local && row.admin,
    sessionId: null,
    membership: toMembership(row, SCOPE_ROLE[row.scope]),
  };
}

/** The last use is a convenience: a database that takes no changes must not keep people from reading. */
async function note(
  platform: Platform,
  write: Parameters<Platform['database']['identityTransaction']>[0],
): Promise<void> {
  try {
    await platform.database.identityTransaction(write);
  } catch (error) {
    platform.log.debug({ err: error }, 'last use of a session or token not noted');
  }
}

function toMembership(row: SessionPrincipal | TokenPrincipal, atMost: Role): Membership | null {
  const { projectId, slug, projectName: name, role } = row;
  if (projectId === null || slug === null || name === null || role === null) return null;
  return { projectId, slug, name, role: RANK[role] <= RANK[atMost] ? role : atMost };
}
