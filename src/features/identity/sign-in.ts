import type { Tx, Visit } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { SignInInput } from './schema.ts';
import { type OpenedSession, openSession } from './sessions.ts';
import type { UserRow } from './tables.ts';
import { throttleCode, throttleProof } from './throttle.ts';
import { takeSecondFactor, wrongCode } from './two-factor.ts';
import { selectUserByEmail, updateUser } from './user-store.ts';

/**
 * Signs in with a password and, where it is on, a second factor. Throws AppError 401 `sign-in-failed`, which
 * doesn't tell whether the account exists, `second-factor-needed` or `code-wrong`, or 429 `too-many-tries`.
 */
export async function signIn(
  visit: Visit,
  input: SignInInput,
  before: string | undefined,
): Promise<OpenedSession> {
  const { database } = visit.platform;
  const user = await checkPassword(visit, input.email, input.password);
  if (user.totpSecret !== null) await requireCode(visit, user, input.code);
  return database.identityTransaction(async (tx) => {
    await takeCode(tx, visit, user, input.code);
    return openSession(tx, visit, user, { way: 'password', before });
  });
}

/** The user of this address and password, whose second factor is still to be asked for. */
export async function checkPassword(visit: Visit, email: string, password: string): Promise<UserRow> {
  const { database } = visit.platform;
  const address = email.trim().toLowerCase();
  await throttleProof(visit, address);
  const user = await database.identityTransaction((tx) => selectUserByEmail(tx, address), { readOnly: true });
  const { matches, outdated } = await verifyPassword(password, user?.passwordHash ?? null);
  if (!user || !matches || user.disabledAt) {
    visit.platform.log.warn({ address: visit.address }, 'sign-in failed');
    throw appError('sign-in-failed', 401, 'The e-mail address or the password is wrong.');
  }
  if (outdated) await renewHash(visit, user, password);
  return user;
}

/** Counts the try and says that a code is needed if none was given. */
export async function requireCode(visit: Visit, user: UserRow, code: string | undefined): Promise<void> {
  if (code === undefined) {
    throw appError('second-factor-needed', 401, 'A code of the authenticator app is needed too.', {
      remedy: 'Send it as `code`; a recovery code will do as well.',
      details: {},
    });
  }
  await throttleCode(visit, user.id);
}

/** Takes the second factor in the transaction that lets its bearer in. Throws AppError 401 `code-wrong`. */
export async function takeCode(tx: Tx, visit: Visit, user: UserRow, code: string | undefined): Promise<void> {
  if (user.totpSecret === null) return;
  if (code === undefined || !(await takeSecondFactor(tx, visit, user, code))) throw wrongCode(401);
}

async function renewHash(visit: Visit, user: UserRow, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  await visit.platform.database.identityTransaction((tx) => updateUser(tx, user.id, { passwordHash }));
}
