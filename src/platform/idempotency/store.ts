import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '#platform/database/index.ts';
import { idempotencyKeys as keys } from './tables.ts';

/** What was answered. */
export interface GivenAnswer {
  status: number;
  contentType: string | null;
  body: string;
}

export interface KeyRow extends GivenAnswer {
  actorId: string;
  key: string;
}

/** A request that has not ended after this long is taken to have died with its process. */
const LOST_AFTER_SECONDS = 120;
const KEPT_HOURS = 24;

/** Takes the key for a first request, or for one that died; false if it is taken. */
export async function insertKey(
  tx: Tx,
  row: { actorId: string; key: string; fingerprint: string },
): Promise<boolean> {
  const lost = sql`${keys.status} is null and ${keys.fingerprint} = ${row.fingerprint}
    and ${keys.startedAt} < now() - make_interval(secs => ${LOST_AFTER_SECONDS})`;
  const projectId = sql`current_setting('app.project_id')::uuid`;
  const inserted = await tx
    .insert(keys)
    .values({ ...row, projectId })
    .onConflictDoUpdate({
      target: [keys.projectId, keys.actorId, keys.key],
      set: { startedAt: sql`now()` },
      setWhere: lost,
    })
    .returning({ key: keys.key });
  return inserted.length > 0;
}

export async function selectKey(
  tx: Tx,
  actorId: string,
  key: string,
): Promise<typeof keys.$inferSelect | undefined> {
  const [row] = await tx
    .select()
    .from(keys)
    .where(and(eq(keys.actorId, actorId), eq(keys.key, key)));
  return row;
}

export async function updateAnswer(tx: Tx, { actorId, key, ...answer }: KeyRow): Promise<void> {
  await tx
    .update(keys)
    .set(answer)
    .where(and(eq(keys.actorId, actorId), eq(keys.key, key)));
}

export async function deleteKey(tx: Tx, actorId: string, key: string): Promise<void> {
  await tx.delete(keys).where(and(eq(keys.actorId, actorId), eq(keys.key, key)));
}

export async function deleteOldKeys(tx: Tx): Promise<void> {
  await tx.delete(keys).where(sql`${keys.startedAt} < now() - make_interval(hours => ${KEPT_HOURS})`);
}
