import { and, asc, eq, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { loginCodes, members, projects, recoveryCodes, type UserRow, userLinks, users } from './tables.ts';

export async function insertUser(tx: Tx, row: typeof users.$inferInsert): Promise<UserRow | undefined> {
  const [inserted] = await tx.insert(users).values(row).onConflictDoNothing().returning();
  return inserted;
}

export async function selectUser(tx: Tx, id: string): Promise<UserRow | undefined> {
  const [row] = await tx.select().from(users).where(eq(users.id, id));
  return row;
}

export async function selectUserByEmail(tx: Tx, email: string): Promise<UserRow | undefined> {
  const [row] = await tx.select().from(users).where(eq(users.email, email));
  return row;
}

export async function selectUsers(tx: Tx): Promise<UserRow[]> {
  return tx.select().from(users).orderBy(asc(users.createdAt), asc(users.id));
}

/** The first admin: whom an installation begins with. */
export async function selectFirstAdmin(tx: Tx): Promise<UserRow | undefined> {
  const [row] = await tx
    .select()
    .from(users)
    .where(and(users.admin, isNull(users.disabledAt)))
    .orderBy(asc(users.createdAt), asc(users.id))
    .limit(1);
  return row;
}

/** Held until the end of the transaction, so that two processes don't make the first user at once. */
export async function lockUsers(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(7263406)`);
}

export async function updateUser(tx: Tx, id: string, values: Partial<UserRow>): Promise<UserRow | undefined> {
  const [row] = await tx.update(users).set(values).where(eq(users.id, id)).returning();
  return row;
}

/** Whether anybody but this one looks after the installation. */
export async function hasOtherAdmin(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(users.admin, isNull(users.disabledAt), ne(users.id, id)))
    .for('update');
  return rows.length > 0;
}

/** Names of the projects that would be left without an owner who can sign in. */
export async function selectProjectsOnlyOwnedBy(tx: Tx, userId: string): Promise<string[]> {
  const rows = await tx
    .select({ name: projects.name })
    .from(members)
    .innerJoin(projects, eq(projects.id, members.projectId))
    .where(
      and(
        eq(members.userId, userId),
        eq(members.role, 'owner'),
        sql`not exists (select from members other join users on users.id = other.user_id
          where other.project_id = ${members.projectId} and other.role = 'owner'
            and other.user_id <> ${members.userId} and users.disabled_at is null)`,
      ),
    );
  return rows.map(({ name }) => name);
}

export async function selectMemberships(
  tx: Tx,
  userId: string,
): Promise<{ id: string; slug: string; name: string; role: 'owner' | 'editor' | 'viewer' }[]> {
  return tx
    .select({ id: projects.id, slug: projects.slug, name: projects.name, role: members.role })
    .from(members)
    .innerJoin(projects, eq(projects.id, members.projectId))
    .where(eq(members.userId, userId))
    .orderBy(asc(members.addedAt), asc(members.projectId));
}

/** Whether anybody can sign in without a link from the command line. */
export async function hasWayToSignIn(tx: Tx): Promise<boolean> {
  const [row] = await tx
    .select({ id: users.id })
    .from(users)
    .leftJoin(userLinks, eq(userLinks.userId, users.id))
    .where(or(isNotNull(users.passwordHash), isNotNull(userLinks.userId)))
    .limit(1);
  return row !== undefined;
}

/** Notes the time step of a one-time code; false if this or a later one was used before. */
export async function takeTotpStep(tx: Tx, userId: string, step: number): Promise<boolean> {
  const taken = await tx
    .update(users)
    .set({ totpLastStep: step })
    .where(and(eq(users.id, userId), or(isNull(users.totpLastStep), lt(users.totpLastStep, step))))
    .returning({ id: users.id });
  return taken.length > 0;
}

export async function replaceRecoveryCodes(tx: Tx, userId: string, hashes: Buffer[]): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  if (hashes.length > 0) {
    await tx.insert(recoveryCodes).values(hashes.map((codeHash) => ({ userId, codeHash })));
  }
}

export async function takeRecoveryCode(tx: Tx, userId: string, codeHash: Buffer): Promise<boolean> {
  const taken = await tx
    .delete(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.codeHash, codeHash)))
    .returning({ userId: recoveryCodes.userId });
  return taken.length > 0;
}

export async function countRecoveryCodes(tx: Tx, userId: string): Promise<number> {
  return tx.$count(recoveryCodes, eq(recoveryCodes.userId, userId));
}

export async function selectLinkedUser(
  tx: Tx,
  issuer: string,
  subject: string,
): Promise<UserRow | undefined> {
  const [row] = await tx
    .select({ user: users })
    .from(userLinks)
    .innerJoin(users, eq(users.id, userLinks.userId))
    .where(and(eq(userLinks.issuer, issuer), eq(userLinks.subject, subject)));
  return row?.user;
}

export async function insertLink(
  tx: Tx,
  link: { issuer: string; subject: string; userId: string },
): Promise<void> {
  await tx.insert(userLinks).values(link).onConflictDoNothing();
}

/** Links that were made before are worth nothing any more. */
export async function deleteLoginCodes(tx: Tx, userId: string): Promise<void> {
  await tx.delete(loginCodes).where(eq(loginCodes.userId, userId));
}
