import { and, asc, desc, eq, gt, inArray, isNull } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import {
  type InvitationRow,
  invitations,
  type MemberRow,
  members,
  type ProjectRow,
  people,
  projects,
} from './tables.ts';

export async function insertProject(tx: Tx, row: ProjectRow): Promise<ProjectRow | undefined> {
  const [inserted] = await tx.insert(projects).values(row).onConflictDoNothing().returning();
  return inserted;
}

export async function selectProject(tx: Tx, id: string): Promise<ProjectRow | undefined> {
  const [row] = await tx.select().from(projects).where(eq(projects.id, id));
  return row;
}

export async function selectProjectsBySlug(tx: Tx, slugs: readonly string[]): Promise<ProjectRow[]> {
  return tx
    .select()
    .from(projects)
    .where(inArray(projects.slug, [...slugs]));
}

export async function renameProject(tx: Tx, id: string, name: string): Promise<ProjectRow | undefined> {
  const [row] = await tx.update(projects).set({ name }).where(eq(projects.id, id)).returning();
  return row;
}

export type MemberWithPerson = MemberRow & { name: string; email: string | null; disabledAt: Date | null };

export async function selectMembers(tx: Tx, projectId: string): Promise<MemberWithPerson[]> {
  const rows = await tx
    .select({ member: members, name: people.name, email: people.email, disabledAt: people.disabledAt })
    .from(members)
    .innerJoin(people, eq(people.id, members.userId))
    .where(eq(members.projectId, projectId))
    .orderBy(asc(members.addedAt), asc(members.userId));
  return rows.map(({ member, ...person }) => ({ ...member, ...person }));
}

export async function selectMember(
  tx: Tx,
  projectId: string,
  userId: string,
): Promise<MemberRow | undefined> {
  const [row] = await tx
    .select()
    .from(members)
    .where(and(eq(members.projectId, projectId), eq(members.userId, userId)));
  return row;
}

/** The memberships that the user's groups have given. */
export async function selectGroupMemberships(tx: Tx, userId: string): Promise<MemberRow[]> {
  return tx
    .select()
    .from(members)
    .where(and(eq(members.userId, userId), eq(members.source, 'groups')));
}

/** Nothing happens if the user is a member already. */
export async function insertMember(tx: Tx, row: MemberRow): Promise<boolean> {
  const inserted = await tx.insert(members).values(row).onConflictDoNothing().returning();
  return inserted.length > 0;
}

export async function updateMember(
  tx: Tx,
  projectId: string,
  userId: string,
  values: Partial<MemberRow>,
): Promise<void> {
  await tx
    .update(members)
    .set(values)
    .where(and(eq(members.projectId, projectId), eq(members.userId, userId)));
}

export async function deleteMember(tx: Tx, projectId: string, userId: string): Promise<void> {
  await tx.delete(members).where(and(eq(members.projectId, projectId), eq(members.userId, userId)));
}

/** The owners who can sign in; held until the end of the transaction, so that two can't go at once. */
export async function lockOwners(tx: Tx, projectId: string): Promise<string[]> {
  const rows = await tx
    .select({ userId: members.userId })
    .from(members)
    .innerJoin(people, and(eq(people.id, members.userId), isNull(people.disabledAt)))
    .where(and(eq(members.projectId, projectId), eq(members.role, 'owner')))
    .for('update', { of: members });
  return rows.map(({ userId }) => userId);
}

/** A new invitation of the same address takes the place of the one before, whose link is worth nothing then. */
export async function upsertInvitation(tx: Tx, row: InvitationRow): Promise<void> {
  await tx
    .insert(invitations)
    .values(row)
    .onConflictDoUpdate({ target: [invitations.projectId, invitations.email], set: row });
}

export async function selectInvitations(tx: Tx, projectId: string, now: Date): Promise<InvitationRow[]> {
  return tx
    .select()
    .from(invitations)
    .where(and(eq(invitations.projectId, projectId), gt(invitations.expiresAt, now)))
    .orderBy(desc(invitations.createdAt));
}

export async function selectInvitationByCode(
  tx: Tx,
  codeHash: Buffer,
  now: Date,
): Promise<{ invitation: InvitationRow; project: ProjectRow } | undefined> {
  const [row] = await tx
    .select({ invitation: invitations, project: projects })
    .from(invitations)
    .innerJoin(projects, eq(projects.id, invitations.projectId))
    .where(and(eq(invitations.codeHash, codeHash), gt(invitations.expiresAt, now)));
  return row;
}

export async function deleteInvitation(
  tx: Tx,
  projectId: string,
  id: string,
): Promise<InvitationRow | undefined> {
  const [row] = await tx
    .delete(invitations)
    .where(and(eq(invitations.projectId, projectId), eq(invitations.id, id)))
    .returning();
  return row;
}
