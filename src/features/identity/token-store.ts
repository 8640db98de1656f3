import { and, desc, eq, lt, ne } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { apiTokens, type TokenRow, users } from './tables.ts';

export interface TokenWithUser extends TokenRow {
  userName: string;
}

export async function insertToken(tx: Tx, row: typeof apiTokens.$inferInsert): Promise<TokenRow | undefined> {
  const [inserted] = await tx.insert(apiTokens).values(row).onConflictDoNothing().returning();
  return inserted;
}

/** The tokens of a project, newest first; of one user only if that is given. */
export async function selectTokens(
  tx: Tx,
  projectId: string,
  userId: string | undefined,
): Promise<TokenWithUser[]> {
  const rows = await tx
    .select({ token: apiTokens, userName: users.name })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(
      and(
        eq(apiTokens.projectId, projectId),
        userId === undefined ? undefined : eq(apiTokens.userId, userId),
      ),
    )
    .orderBy(desc(apiTokens.id));
  return rows.map(({ token, userName }) => ({ ...token, userName }));
}

export async function deleteToken(
  tx: Tx,
  projectId: string,
  id: string,
  userId: string | undefined,
): Promise<TokenRow | undefined> {
  const [row] = await tx
    .delete(apiTokens)
    .where(
      and(
        eq(apiTokens.projectId, projectId),
        eq(apiTokens.id, id),
        userId === undefined ? undefined : eq(apiTokens.userId, userId),
      ),
    )
    .returning();
  return row;
}

/** Of the tokens in DATA_DIR/owner-token only the present one is of any worth. */
export async function deleteOtherLocalTokens(tx: Tx, tokenHash: Buffer): Promise<void> {
  await tx.delete(apiTokens).where(and(apiTokens.local, ne(apiTokens.tokenHash, tokenHash)));
}

/** What has run out is deleted when its user makes another one. */
export async function deleteExpiredTokens(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.delete(apiTokens).where(and(eq(apiTokens.userId, userId), lt(apiTokens.expiresAt, now)));
}
