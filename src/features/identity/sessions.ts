import {
  type Caller,
  type Platform,
  recordIdentityActivity,
  type Tx,
  type Visit,
} from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';
import { hashSecret, newSecret } from './random-secrets.ts';
import type { SessionItem } from './schema.ts';
import {
  deleteExpired,
  deleteSession,
  deleteSessionBySecret,
  deleteSessions,
  insertLoginCode,
  insertSession,
  selectSessions,
  takeLoginCode,
  updateSessionSecret,
} from './session-store.ts';
import type { UserRow } from './tables.ts';
import {
  deleteLoginCodes,
  selectFirstAdmin,
  selectUser,
  selectUserByEmail,
  updateUser,
} from './user-store.ts';

/** A session ends when it was not used for this long, and in any case after {@link SESSION_DAYS}. */
export const SESSION_IDLE_DAYS = 14;
const SESSION_DAYS = 30;
const LOGIN_CODE_MINUTES = 15;
const DAY_MS = 86_400_000;
const MAX_USER_AGENT_CHARACTERS = 300;

/** A session as its browser gets it; only a hash of the secret is stored. */
export interface OpenedSession {
  secret: string;
  maxAgeSeconds: number;
}

export type SignInWay = 'password' | 'link' | 'invitation' | 'provider';

/**
 * Signs a user in, in the transaction that has found out that it is them. The secret is always a new one:
 * one that the browser came with (`before`) is ended.
 */
export async function openSession(
  tx: Tx,
  visit: Visit,
  user: Pick<UserRow, 'id' | 'name'>,
  { way, before }: { way: SignInWay; before?: string | undefined },
): Promise<OpenedSession> {
  const now = visit.platform.clock.now();
  const secret = newSecret();
  await deleteExpired(tx, { now, idleSince: idleSince(now) });
  if (before !== undefined) await deleteSessionBySecret(tx, hashSecret(before));
  await insertSession(tx, {
    id: newId(),
    tokenHash: hashSecret(secret),
    userId: user.id,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + SESSION_DAYS * DAY_MS),
    address: visit.address,
    userAgent: visit.userAgent?.slice(0, MAX_USER_AGENT_CHARACTERS) ?? null,
  });
  await updateUser(tx, user.id, { lastSignedInAt: now });
  const actor = { kind: 'user', id: user.id, name: user.name, address: visit.address } as const;
  await recordIdentityActivity(tx, { platform: visit.platform, actor }, null, {
    action: 'identity.signIn',
    subjectKind: 'user',
    subjectId: user.id,
    after: { way },
  });
  return { secret, maxAgeSeconds: SESSION_DAYS * 86_400 };
}

/** Gives the caller's session another secret, because what it may do has changed; null for a token. */
export async function rotateSession(tx: Tx, caller: Caller): Promise<OpenedSession | null> {
  if (caller.sessionId === null) return null;
  const secret = newSecret();
  await updateSessionSecret(tx, caller.sessionId, hashSecret(secret));
  return { secret, maxAgeSeconds: SESSION_DAYS * 86_400 };
}

/** Where the caller is signed in, the last used first. */
export async function listSessions(caller: Caller): Promise<SessionItem[]> {
  const now = caller.platform.clock.now();
  const rows = await caller.platform.database.identityTransaction(
    (tx) => selectSessions(tx, caller.userId, { now, idleSince: idleSince(now) }),
    { readOnly: true },
  );
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
    address: row.address,
    userAgent: row.userAgent,
    current: row.id === caller.sessionId,
  }));
}

/** Ends one session of the caller; the next request that comes with it is refused. */
export async function endSession(caller: Caller, id: string): Promise<void> {
  await caller.platform.database.identityTransaction(async (tx) => {
    if (!(await deleteSession(tx, caller.userId, id))) throw notFound('session', id);
    const action = id === caller.sessionId ? 'identity.signOut' : 'identity.endSession';
    await recordIdentityActivity(tx, caller, null, { action, subjectKind: 'session', subjectId: id });
  });
}

/** Ends every session of the caller but the one that asks, and the links that could open another. */
export async function endOtherSessions(caller: Caller): Promise<void> {
  await caller.platform.database.identityTransaction(async (tx) => {
    const ended = await deleteSessions(tx, caller.userId, caller.sessionId);
    await deleteLoginCodes(tx, caller.userId);
    await recordIdentityActivity(tx, caller, null, {
      action: 'identity.endSessions',
      subjectKind: 'user',
      subjectId: caller.userId,
      after: { ended },
    });
  });
}

/** A link's code for the caller, or as admin for another user. Throws AppError 403 `not-allowed`. */
export async function createOwnLoginCode(caller: Caller, email: string | undefined): Promise<string> {
  if (email !== undefined && !caller.admin) {
    throw appError('not-allowed', 403, 'A link for another user is for who looks after the installation.');
  }
  return createLoginCode(caller.platform, email === undefined ? { id: caller.userId } : { email });
}

/**
 * A code that signs its bearer in once, within 15 minutes, at any process on this database. Without a user
 * it is for the first admin, which is the owner of a fresh installation.
 */
export async function createLoginCode(
  platform: Platform,
  user: { id: string } | { email: string | undefined },
): Promise<string> {
  const code = newSecret();
  const expiresAt = new Date(platform.clock.now().getTime() + LOGIN_CODE_MINUTES * 60_000);
  await platform.database.identityTransaction(async (tx) => {
    const found = await findUser(tx, user);
    if (!found)
      throw notFound('user', 'email' in user ? (user.email ?? 'with the right of an admin') : user.id);
    if (found.disabledAt) throw appError('user-disabled', 409, `The user ${found.name} is disabled.`);
    await insertLoginCode(tx, { codeHash: hashSecret(code), userId: found.id, expiresAt });
  });
  return code;
}

async function findUser(
  tx: Tx,
  user: { id: string } | { email: string | undefined },
): Promise<UserRow | undefined> {
  if ('id' in user) return selectUser(tx, user.id);
  if (user.email === undefined) return selectFirstAdmin(tx);
  return selectUserByEmail(tx, user.email.trim().toLowerCase());
}

/** Exchanges a login code for a session; null if the code is unknown, used or too old. */
export async function redeemLoginCode(
  visit: Visit,
  code: string,
  before: string | undefined,
): Promise<OpenedSession | null> {
  return visit.platform.database.identityTransaction(async (tx) => {
    const userId = await takeLoginCode(tx, hashSecret(code), visit.platform.clock.now());
    const user = userId === undefined ? undefined : await selectUser(tx, userId);
    return user && !user.disabledAt ? openSession(tx, visit, user, { way: 'link', before }) : null;
  });
}

const idleSince = (now: Date): Date => new Date(now.getTime() - SESSION_IDLE_DAYS * DAY_MS);
