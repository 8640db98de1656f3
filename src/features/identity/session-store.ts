import { and, desc, eq, gt, lt, ne, or } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { loginCodes, type SessionRow, sessions } from './tables.ts';

export async function insertSession(tx: Tx, row: SessionRow): Promise<void> {
  await tx.insert(sessions).values(row);
}

export async function selectSessions(
  tx: Tx,
  userId: string,
  live: { now: Date; idleSince: Date },
): Promise<SessionRow[]> {
  return tx
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        gt(sessions.expiresAt, live.now),
        gt(sessions.lastUsedAt, live.idleSince),
      ),
    )
    .orderBy(desc(sessions.lastUsedAt), desc(sessions.id));
}

/** Gives the session another secret; the one before is worth nothing from now on. */
export async function updateSessionSecret(tx: Tx, id: string, tokenHash: Buffer): Promise<void> {
  await tx.update(sessions).set({ tokenHash }).where(eq(sessions.id, id));
}

export async function deleteSession(tx: Tx, userId: string, id: string): Promise<boolean> {
  const deleted = await tx
    .delete(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
    .returning({ id: sessions.id });
  return deleted.length > 0;
}

export async function deleteSessionBySecret(tx: Tx, tokenHash: Buffer): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.tokenHash, tokenHash));
}

/** Every session of the user but one; all if `keep` is null. */
export async function deleteSessions(tx: Tx, userId: string, keep: string | null): Promise<number> {
  const deleted = await tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), keep === null ? undefined : ne(sessions.id, keep)))
    .returning({ id: sessions.id });
  return deleted.length;
}

/** What has run out, of sessions and of codes. */
export async function deleteExpired(tx: Tx, ended: { now: Date; idleSince: Date }): Promise<void> {
  await tx
    .delete(sessions)
    .where(or(lt(sessions.expiresAt, ended.now), lt(sessions.lastUsedAt, ended.idleSince)));
  await tx.delete(loginCodes).where(lt(loginCodes.expiresAt, ended.now));
}

export async function insertLoginCode(
  tx: Tx,
  row: { codeHash: Buffer; userId: string; expiresAt: Date },
): Promise<void> {
  await tx.insert(loginCodes).values(row);
}

/** Takes the code away in the same step, so that of two that come with it only one is let in. */
export async function takeLoginCode(tx: Tx, codeHash: Buffer, now: Date): Promise<string | undefined> {
  const [row] = await tx
    .delete(loginCodes)
    .where(and(eq(loginCodes.codeHash, codeHash), gt(loginCodes.expiresAt, now)))
    .returning({ userId: loginCodes.userId });
  return row?.userId;
}
