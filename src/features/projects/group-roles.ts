import {
  type Platform,
  type Role,
  recordIdentityActivity,
  type Tx,
  type Visit,
} from '#platform/context/index.ts';
import { isLastOwner } from './members.ts';
import {
  deleteMember,
  insertMember,
  selectGroupMemberships,
  selectMember,
  selectProjectsBySlug,
  updateMember,
} from './store.ts';

const RANK: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 };
const MAPPING = /^(.+)=(owner|editor|viewer)@([^@]+)$/;

/** The role that somebody in these groups has in each project (by slug), as OIDC_ROLES says: the highest. */
export function rolesOfGroups(config: Platform['config'], groups: readonly string[]): Map<string, Role> {
  const roles = new Map<string, Role>();
  for (const entry of config.oidcRoles) {
    const [, group, role, slug] = MAPPING.exec(entry) ?? [];
    if (group === undefined || slug === undefined || !isRole(role) || !groups.includes(group)) continue;
    const present = roles.get(slug);
    if (present === undefined || RANK[role] > RANK[present]) roles.set(slug, role);
  }
  return roles;
}

/**
 * Gives the user the roles of their groups, and takes back those that groups have given before and give no
 * more. What a person has decided stays, and so does the last owner of a project.
 */
export async function applyGroupRoles(
  visit: Visit,
  user: { id: string; name: string },
  roles: ReadonlyMap<string, Role>,
): Promise<void> {
  const { database, log } = visit.platform;
  await database.identityTransaction(async (tx) => {
    const projects = await selectProjectsBySlug(tx, [...roles.keys()]);
    if (projects.length < roles.size) {
      const known = new Set(projects.map(({ slug }) => slug));
      log.warn(
        { missing: [...roles.keys()].filter((slug) => !known.has(slug)) },
        'OIDC_ROLES: no such project',
      );
    }
    const wanted = new Map(projects.map(({ id, slug }) => [id, roles.get(slug)]));
    for (const [projectId, role] of wanted) {
      if (role) await give(tx, visit, user, projectId, role);
    }
    for (const { projectId } of await selectGroupMemberships(tx, user.id)) {
      if (!wanted.has(projectId)) await give(tx, visit, user, projectId, null);
    }
  });
}

async function give(
  tx: Tx,
  visit: Visit,
  user: { id: string; name: string },
  projectId: string,
  role: Role | null,
): Promise<void> {
  const present = await selectMember(tx, projectId, user.id);
  if (present?.source === 'person' || (present?.role ?? null) === role) return;
  if (present?.role === 'owner' && (await isLastOwner(tx, projectId, user.id))) return;
  if (role === null) await deleteMember(tx, projectId, user.id);
  else if (present) await updateMember(tx, projectId, user.id, { role });
  else {
    const addedAt = visit.platform.clock.now();
    await insertMember(tx, { projectId, userId: user.id, role, source: 'groups', addedAt });
  }
  const actor = {
    kind: 'system',
    id: 'groups',
    name: 'Groups of the sign-in provider',
    address: visit.address,
  } as const;
  await recordIdentityActivity(tx, { platform: visit.platform, actor }, projectId, {
    action: role === null ? 'projects.removeMember' : present ? 'projects.changeRole' : 'projects.addMember',
    subjectKind: 'user',
    subjectId: user.id,
    ...(present ? { before: { role: present.role } } : {}),
    ...(role === null ? {} : { after: { role } }),
  });
}

const isRole = (text: string | undefined): text is Role => text !== undefined && text in RANK;
