import type { Member } from '#features/identity/index.ts';
import { type Role, recordIdentityActivity, type Tx } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import type { MemberItem } from './schema.ts';
import {
  deleteMember,
  lockOwners,
  type MemberWithPerson,
  selectMember,
  selectMembers,
  updateMember,
} from './store.ts';

/** Who works in the project, the longest member first. */
export async function listMembers(member: Member): Promise<MemberItem[]> {
  const rows = await member.platform.database.identityTransaction(
    (tx) => selectMembers(tx, member.membership.projectId),
    { readOnly: true },
  );
  return rows.map(toItem);
}

/** Gives a member another role; it counts from the next request on. Throws AppError 409 `last-owner`. */
export async function changeRole(member: Member, userId: string, role: Role): Promise<MemberItem> {
  const { projectId } = member.membership;
  return member.platform.database.identityTransaction(async (tx) => {
    const before = await existing(tx, projectId, userId);
    if (role !== 'owner') await refuseLastOwner(tx, projectId, userId);
    await updateMember(tx, projectId, userId, { role, source: 'person' });
    await recordIdentityActivity(tx, member, projectId, {
      action: 'projects.changeRole',
      subjectKind: 'user',
      subjectId: userId,
      before: { role: before.role },
      after: { role },
    });
    const after = (await selectMembers(tx, projectId)).find((row) => row.userId === userId);
    if (!after) throw notFound('member', userId);
    return toItem(after);
  });
}

/** Takes a member out of the project; their sessions and tokens open it no more. */
export async function removeMember(member: Member, userId: string): Promise<void> {
  const { projectId } = member.membership;
  await member.platform.database.identityTransaction(async (tx) => {
    const before = await existing(tx, projectId, userId);
    await refuseLastOwner(tx, projectId, userId);
    await deleteMember(tx, projectId, userId);
    await recordIdentityActivity(tx, member, projectId, {
      action: 'projects.removeMember',
      subjectKind: 'user',
      subjectId: userId,
      before: { role: before.role },
    });
  });
}

/** Whether the project would be left without an owner if this user were none. */
export async function isLastOwner(tx: Tx, projectId: string, userId: string): Promise<boolean> {
  const owners = await lockOwners(tx, projectId);
  return owners.length > 0 && owners.every((owner) => owner === userId);
}

async function refuseLastOwner(tx: Tx, projectId: string, userId: string): Promise<void> {
  if (!(await isLastOwner(tx, projectId, userId))) return;
  throw appError('last-owner', 409, 'A project needs an owner, and this is the only one.', {
    remedy: 'Make somebody else owner first.',
  });
}

async function existing(tx: Tx, projectId: string, userId: string) {
  const row = await selectMember(tx, projectId, userId);
  if (!row) throw notFound('member', userId);
  return row;
}

function toItem(row: MemberWithPerson): MemberItem {
  const { userId, name, email, role, source } = row;
  return {
    userId,
    name,
    email,
    role,
    source,
    disabled: row.disabledAt !== null,
    addedAt: row.addedAt.toISOString(),
  };
}
