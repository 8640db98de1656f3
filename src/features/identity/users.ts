import { type Caller, type Platform, recordIdentityActivity, type Tx } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';
import { toFacts } from './account.ts';
import type { UpdateUserInput, UserItem } from './schema.ts';
import { deleteSessions } from './session-store.ts';
import type { UserRow } from './tables.ts';
import {
  deleteLoginCodes,
  hasOtherAdmin,
  hasWayToSignIn,
  insertUser,
  lockUsers,
  selectFirstAdmin,
  selectProjectsOnlyOwnedBy,
  selectUser,
  selectUserByEmail,
  selectUsers,
  updateUser,
} from './user-store.ts';

/** The user that an installation begins with, made at the first run: without a password, entered by a link. */
export async function ensureOwner(platform: Platform): Promise<{ id: string; name: string }> {
  return platform.database.identityTransaction(async (tx) => {
    await lockUsers(tx);
    const found = await selectFirstAdmin(tx);
    const owner = found ?? (await insertUser(tx, { id: newId(), name: 'Owner', admin: true }));
    if (!owner) throw appError('owner-missing', 500, 'The first user could not be made.');
    return { id: owner.id, name: owner.name };
  });
}

/** A new user with a password, in the transaction of who lets them in and vouches for them. Throws `email-taken`. */
export async function addUser(
  tx: Tx,
  values: { email: string; name: string; passwordHash: string },
): Promise<UserRow> {
  const user = await insertUser(tx, { id: newId(), emailVerified: true, ...values });
  if (!user) throw appError('email-taken', 409, 'Another user has this e-mail address.');
  return user;
}

/** Who has this e-mail address, in whatever case it is written. */
export async function findUserByEmail(tx: Tx, email: string): Promise<UserRow | undefined> {
  return selectUserByEmail(tx, email.trim().toLowerCase());
}

/** Whether nobody has a way to sign in yet but a link from the command line. */
export async function needsSetup(platform: Platform): Promise<boolean> {
  return !(await platform.database.identityTransaction((tx) => hasWayToSignIn(tx), { readOnly: true }));
}

/** Everybody who has an account here. */
export async function listUsers(caller: Caller): Promise<UserItem[]> {
  const rows = await caller.platform.database.identityTransaction((tx) => selectUsers(tx), {
    readOnly: true,
  });
  return rows.map(toUserItem);
}

/** Disables a user, which ends every session and stops every token at once, or changes who is admin. */
export async function changeUser(caller: Caller, id: string, input: UpdateUserInput): Promise<UserItem> {
  const { platform } = caller;
  return platform.database.identityTransaction(async (tx) => {
    await lockUsers(tx);
    const before = await selectUser(tx, id);
    if (!before) throw notFound('user', id);
    const admin = input.admin ?? before.admin;
    const disabled = input.disabled ?? before.disabledAt !== null;
    if (before.admin && (disabled || !admin) && !(await hasOtherAdmin(tx, id))) throw lastAdmin();
    if (disabled && !before.disabledAt) {
      const orphans = await selectProjectsOnlyOwnedBy(tx, id);
      if (orphans.length > 0) throw lastOwner(orphans);
      await deleteSessions(tx, id, null);
      await deleteLoginCodes(tx, id);
    }
    const disabledAt = disabled ? (before.disabledAt ?? platform.clock.now()) : null;
    const after = await updateUser(tx, id, { admin, disabledAt });
    await recordIdentityActivity(tx, caller, null, {
      action: 'identity.updateUser',
      subjectKind: 'user',
      subjectId: id,
      before: { admin: before.admin, disabled: before.disabledAt !== null },
      after: { admin, disabled },
    });
    return toUserItem(after ?? before);
  });
}

function toUserItem(row: UserRow): UserItem {
  return {
    ...toFacts(row),
    disabled: row.disabledAt !== null,
    createdAt: row.createdAt.toISOString(),
    lastSignedInAt: row.lastSignedInAt?.toISOString() ?? null,
  };
}

function lastAdmin(): Error {
  return appError('last-admin', 409, 'This is the only one who looks after the installation.', {
    remedy: 'Make somebody else admin first.',
  });
}

function lastOwner(projects: string[]): Error {
  return appError('last-owner', 409, `This is the only owner of: ${projects.join(', ')}.`, {
    remedy: 'Make somebody else owner first.',
  });
}
