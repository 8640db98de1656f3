import { createHash } from 'node:crypto';
import type { Context } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { deleteKey, deleteOldKeys, type GivenAnswer, insertKey, selectKey, updateAnswer } from './store.ts';

/** Names a request: equal for a repetition, different for anything else. */
export function fingerprintOf(method: string, url: string, body: unknown): string {
  const text = `${method} ${url}\n${JSON.stringify(body) ?? ''}`;
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Begins a request under a key of its sender. Returns what was answered to it before, or null if it is new.
 * Throws AppError `idempotency-key-reused` (422) if the key was used for another request, and
 * `idempotency-key-in-use` (409) while the first one is under way.
 */
export async function beginOnce(
  context: Context,
  key: string,
  fingerprint: string,
): Promise<GivenAnswer | null> {
  const actorId = context.actor.id;
  const row = await context.transaction(async (tx) => {
    if (await insertKey(tx, { actorId, key, fingerprint })) {
      await deleteOldKeys(tx);
      return null;
    }
    return (await selectKey(tx, actorId, key)) ?? null;
  });
  if (row === null) return null;
  if (row.fingerprint !== fingerprint) {
    throw appError('idempotency-key-reused', 422, 'This Idempotency-Key was used for another request.', {
      remedy: 'Make a new key for each request, and keep it only for repeating that one.',
    });
  }
  if (row.status === null) {
    throw appError(
      'idempotency-key-in-use',
      409,
      'The first request with this Idempotency-Key is under way.',
      {
        remedy: 'Wait for its answer, or repeat it in a moment.',
      },
    );
  }
  return { status: row.status, contentType: row.contentType, body: row.body ?? '' };
}

/** Keeps the answer for repetitions. */
export async function endOnce(context: Context, key: string, answer: GivenAnswer): Promise<void> {
  await context.transaction((tx) => updateAnswer(tx, { actorId: context.actor.id, key, ...answer }));
}

/** The request failed in a way that a repetition may not: the key is free again. */
export async function forgetOnce(context: Context, key: string): Promise<void> {
  await context.transaction((tx) => deleteKey(tx, context.actor.id, key));
}
