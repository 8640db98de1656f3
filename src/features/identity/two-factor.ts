import { Secret, TOTP } from 'otpauth';
import { type Caller, recordIdentityActivity, type Tx, type Visit } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { hashRecoveryCode, newRecoveryCode } from './random-secrets.ts';
import { type OpenedSession, rotateSession } from './sessions.ts';
import type { UserRow } from './tables.ts';
import { throttleCode } from './throttle.ts';
import {
  replaceRecoveryCodes,
  selectUser,
  takeRecoveryCode,
  takeTotpStep,
  updateUser,
} from './user-store.ts';

const ISSUER = 'CommandCenter';
const PERIOD_SECONDS = 30;
/** Clocks differ; the code before and the one after count too. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
const SECRET_BYTES = 20;

/** What an authenticator app has to know. It counts once {@link confirmTwoFactor} has seen a code of it. */
export async function startTwoFactor(caller: Caller): Promise<{ secret: string; uri: string; qr: string }> {
  const { platform } = caller;
  const secret = new Secret({ size: SECRET_BYTES });
  const user = await platform.database.identityTransaction(async (tx) => {
    const found = await selectUser(tx, caller.userId);
    if (found?.totpSecret) throw alreadyOn();
    return updateUser(tx, caller.userId, { totpPending: platform.secrets.encrypt(secret.base32) });
  });
  const uri = generator(secret, user?.email ?? user?.name ?? '').toString();
  const { toString: drawQr } = await import('qrcode');
  const svg = await drawQr(uri, { type: 'svg', margin: 2 });
  const qr = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return { secret: secret.base32, uri, qr };
}

/** Turns the second factor on, and gives the recovery codes, which are shown only here. */
export async function confirmTwoFactor(
  caller: Caller,
  code: string,
): Promise<{ recoveryCodes: string[]; session: OpenedSession | null }> {
  const { platform } = caller;
  await throttleCode(caller, caller.userId);
  const recoveryCodes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  const session = await platform.database.identityTransaction(async (tx) => {
    const user = await selectUser(tx, caller.userId);
    if (user?.totpSecret) throw alreadyOn();
    if (!user?.totpPending) {
      throw appError('two-factor-not-started', 409, 'There is no second factor to confirm.', {
        remedy: 'Start with POST /account/two-factor.',
      });
    }
    const step = findStep(platform.secrets.decrypt(user.totpPending), code, platform.clock.now());
    if (step === null || !(await takeTotpStep(tx, user.id, step))) throw wrongCode(422);
    await updateUser(tx, user.id, { totpSecret: user.totpPending, totpPending: null });
    await replaceRecoveryCodes(tx, user.id, recoveryCodes.map(hashRecoveryCode));
    await record(tx, caller, 'identity.turnOnTwoFactor');
    return rotateSession(tx, caller);
  });
  return { recoveryCodes, session };
}

/** Turns the second factor off, in the transaction in which the caller has proved who they are. */
export async function removeTwoFactor(tx: Tx, caller: Caller): Promise<OpenedSession | null> {
  await updateUser(tx, caller.userId, { totpSecret: null, totpPending: null, totpLastStep: null });
  await replaceRecoveryCodes(tx, caller.userId, []);
  await record(tx, caller, 'identity.turnOffTwoFactor');
  return rotateSession(tx, caller);
}

/** Takes a code of the authenticator app or a recovery code; each counts once. */
export async function takeSecondFactor(tx: Tx, visit: Visit, user: UserRow, code: string): Promise<boolean> {
  if (user.totpSecret === null) return false;
  const digits = code.replaceAll(' ', '');
  if (!/^\d{6}$/.test(digits)) return takeRecoveryCode(tx, user.id, hashRecoveryCode(code));
  const { secrets, clock } = visit.platform;
  const step = findStep(secrets.decrypt(user.totpSecret), digits, clock.now());
  return step !== null && (await takeTotpStep(tx, user.id, step));
}

export function wrongCode(status: 401 | 422): Error {
  return appError('code-wrong', status, 'This code is wrong, or was used before.', {
    remedy: 'Wait for the next code of the app. Is the clock of the device right?',
  });
}

function findStep(base32: string, code: string, now: Date): number | null {
  const timestamp = now.getTime();
  const token = code.replaceAll(' ', '');
  const delta = generator(Secret.fromBase32(base32), '').validate({ token, timestamp, window: WINDOW });
  return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
}

function generator(secret: Secret, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, secret, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS });
}

async function record(tx: Tx, caller: Caller, action: string): Promise<void> {
  await recordIdentityActivity(tx, caller, null, { action, subjectKind: 'user', subjectId: caller.userId });
}

function alreadyOn(): Error {
  return appError('two-factor-on', 409, 'The second factor is on already.', {
    remedy: 'Turn it off first, to use another device.',
  });
}
