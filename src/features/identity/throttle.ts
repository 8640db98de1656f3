import type { Visit } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';

const MINUTE_SECONDS = 60;
/** Whoever guesses one-time codes knows the password already; six digits stand that few tries. */
const CODE_TRIES = { points: 10, seconds: 15 * MINUTE_SECONDS } as const;

/** Counts a try to prove who one is, by address and by account. Throws AppError 429 `too-many-tries`. */
export async function throttleProof(visit: Visit, account: string): Promise<void> {
  const limit = { points: visit.platform.config.loginLimitPerMinute, seconds: MINUTE_SECONDS };
  await consume(visit, 'sign-in-address', visit.address, limit);
  await consume(visit, 'sign-in-account', account, limit);
}

/** Counts a one-time code that is tried for a user. Throws AppError 429 `too-many-tries`. */
export async function throttleCode(visit: Visit, userId: string): Promise<void> {
  await consume(visit, 'sign-in-code', userId, CODE_TRIES);
}

async function consume(
  { platform }: Visit,
  bucket: string,
  key: string,
  limit: { points: number; seconds: number },
): Promise<void> {
  const { allowed, resetSeconds } = await platform.rateLimits.consume(bucket, key, limit);
  if (allowed) return;
  platform.metrics.rateLimited.add(bucket);
  throw appError('too-many-tries', 429, 'There were too many tries to sign in.', {
    remedy: `Try again in ${Math.max(1, Math.ceil(resetSeconds))} seconds.`,
    details: { retryAfterSeconds: Math.max(1, Math.ceil(resetSeconds)) },
  });
}
