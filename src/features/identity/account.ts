import { type Caller, recordIdentityActivity, type Tx } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { Account, ChangePasswordInput, Proof, UpdateAccountInput, UserFacts } from './schema.ts';
import { deleteSessions } from './session-store.ts';
import { type OpenedSession, rotateSession } from './sessions.ts';
import type { UserRow } from './tables.ts';
import { throttleCode, throttleProof } from './throttle.ts';
import { removeTwoFactor, takeSecondFactor, wrongCode } from './two-factor.ts';
import {
  countRecoveryCodes,
  deleteLoginCodes,
  selectMemberships,
  selectUser,
  selectUserByEmail,
  updateUser,
} from './user-store.ts';

/** What is known of the caller as a person. */
export async function getAccount(caller: Caller): Promise<Account> {
  return caller.platform.database.identityTransaction(
    async (tx) => ({
      ...toFacts(await self(tx, caller)),
      recoveryCodesLeft: await countRecoveryCodes(tx, caller.userId),
    }),
    { readOnly: true },
  );
}

/** The caller and the projects that this credential opens. */
export async function describeCaller(
  caller: Caller,
): Promise<{ user: UserFacts; projects: Awaited<ReturnType<typeof selectMemberships>> }> {
  return caller.platform.database.identityTransaction(
    async (tx) => ({ user: toFacts(await self(tx, caller)), projects: await openProjects(tx, caller) }),
    { readOnly: true },
  );
}

/** The projects of a person; of a token its own one, with the role that it has there. */
async function openProjects(tx: Tx, caller: Caller): ReturnType<typeof selectMemberships> {
  if (caller.actor.kind === 'user') return selectMemberships(tx, caller.userId);
  if (!caller.membership) return [];
  const { projectId: id, slug, name, role } = caller.membership;
  return [{ id, slug, name, role }];
}

export async function updateAccount(caller: Caller, input: UpdateAccountInput): Promise<Account> {
  const email = input.email?.trim().toLowerCase();
  await caller.platform.database.identityTransaction(async (tx) => {
    const before = await self(tx, caller);
    const holder = email === undefined ? undefined : await selectUserByEmail(tx, email);
    if (holder && holder.id !== caller.userId) {
      throw appError('email-taken', 409, 'Another user has this e-mail address.');
    }
    const after = { name: input.name?.trim() ?? before.name, email: email ?? before.email };
    // Nobody vouches for an address but an admin, who could give themselves any account anyway.
    const emailVerified = after.email === before.email ? before.emailVerified : caller.admin;
    await updateUser(tx, caller.userId, { ...after, emailVerified });
    await recordIdentityActivity(tx, caller, null, {
      action: 'identity.updateAccount',
      subjectKind: 'user',
      subjectId: caller.userId,
      before: { name: before.name, email: before.email },
      after,
    });
  });
  return getAccount(caller);
}

/**
 * Sets or changes the password. Every other session ends, and this one gets another secret. The first
 * password needs no present one: its user came by a link or by the sign-in provider.
 */
export async function changePassword(
  caller: Caller,
  { currentPassword, newPassword }: ChangePasswordInput,
): Promise<OpenedSession | null> {
  const { database } = caller.platform;
  const user = await database.identityTransaction((tx) => self(tx, caller), { readOnly: true });
  if (user.passwordHash !== null) await provePassword(caller, user, currentPassword ?? '');
  refuseGuessable(user, newPassword);
  const passwordHash = await hashPassword(newPassword);
  return database.identityTransaction(async (tx) => {
    await updateUser(tx, user.id, { passwordHash });
    await deleteSessions(tx, user.id, caller.sessionId);
    await deleteLoginCodes(tx, user.id);
    await recordIdentityActivity(tx, caller, null, {
      action: user.passwordHash === null ? 'identity.setPassword' : 'identity.changePassword',
      subjectKind: 'user',
      subjectId: user.id,
    });
    return rotateSession(tx, caller);
  });
}

/** Turns the second factor off, for whoever gives the password or a code. */
export async function turnOffTwoFactor(caller: Caller, proof: Proof): Promise<OpenedSession | null> {
  const { database } = caller.platform;
  const user = await database.identityTransaction((tx) => self(tx, caller), { readOnly: true });
  if (user.totpSecret === null) throw appError('two-factor-off', 409, 'There is no second factor.');
  if (proof.code === undefined) await provePassword(caller, user, proof.password ?? '');
  else await throttleCode(caller, user.id);
  return database.identityTransaction(async (tx) => {
    const { code } = proof;
    if (code !== undefined && !(await takeSecondFactor(tx, caller, user, code))) throw wrongCode(422);
    return removeTwoFactor(tx, caller);
  });
}

/** Refuses what everybody who knows the user would try first. */
export function refuseGuessable(user: { email: string | null; name: string }, password: string): void {
  const plain = password.toLowerCase();
  const known = [user.email, user.email?.split('@')[0], user.name].map((text) => text?.toLowerCase());
  if (!known.includes(plain) && new Set(plain).size > 2) return;
  throw appError('password-guessable', 422, 'This password is guessed at once.', {
    remedy: 'Choose several words, or let a password manager choose.',
  });
}

export function toFacts(user: UserRow): UserFacts {
  const { id, name, email, admin } = user;
  return {
    id,
    name,
    email,
    admin,
    hasPassword: user.passwordHash !== null,
    twoFactor: user.totpSecret !== null,
  };
}

async function provePassword(caller: Caller, user: UserRow, password: string): Promise<void> {
  await throttleProof(caller, user.id);
  const { matches } = await verifyPassword(password, user.passwordHash);
  if (!matches) throw appError('password-wrong', 422, 'The present password is wrong.');
}

async function self(tx: Tx, caller: Caller): Promise<UserRow> {
  const user = await selectUser(tx, caller.userId);
  if (!user) throw notFound('user', caller.userId);
  return user;
}
