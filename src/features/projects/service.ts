import { describeCaller, type Member, noProject } from '#features/identity/index.ts';
import { type Caller, type Platform, recordIdentityActivity } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { CreateProjectInput, ProjectItem } from './schema.ts';
import { insertMember, insertProject, renameProject, selectProject, selectProjectsBySlug } from './store.ts';

export interface DefaultProject {
  id: string;
  name: string;
}

const DEFAULT = { slug: 'default', name: 'My project' } as const;

/** The project that a fresh installation works in, which belongs to its first user. */
export async function ensureDefaultProject(
  platform: Platform,
  owner: { id: string },
): Promise<DefaultProject> {
  return platform.database.identityTransaction(async (tx) => {
    const [present] = await selectProjectsBySlug(tx, [DEFAULT.slug]);
    if (present) return { id: present.id, name: present.name };
    const made = await insertProject(tx, { id: newId(), ...DEFAULT });
    const project = made ?? (await selectProjectsBySlug(tx, [DEFAULT.slug]))[0];
    if (!project) throw appError('project-missing', 500, 'The first project could not be made.');
    if (made) await addOwner(platform, tx, project.id, owner.id);
    return { id: project.id, name: project.name };
  });
}

/** The projects that the caller may work in. */
export async function listProjects(caller: Caller): Promise<ProjectItem[]> {
  return (await describeCaller(caller)).projects;
}

/** Makes a project, whose owner is who makes it. Throws AppError 409 `slug-taken`. */
export async function createProject(caller: Caller, input: CreateProjectInput): Promise<ProjectItem> {
  const { platform } = caller;
  const project = { id: newId(), slug: input.slug ?? toSlug(input.name), name: input.name.trim() };
  await platform.database.identityTransaction(async (tx) => {
    if (!(await insertProject(tx, project))) {
      throw appError('slug-taken', 409, `There is a project "${project.slug}" already.`, {
        remedy: 'Give another `slug`.',
      });
    }
    await addOwner(platform, tx, project.id, caller.userId);
    await recordIdentityActivity(tx, caller, project.id, {
      action: 'projects.create',
      subjectKind: 'project',
      subjectId: project.id,
      after: { slug: project.slug, name: project.name },
    });
  });
  return { ...project, role: 'owner' };
}

/** Renames the project that the request works in; `id` must be that one. */
export async function updateProject(
  member: Member,
  id: string,
  input: { name: string },
): Promise<ProjectItem> {
  const { projectId, role } = member.membership;
  if (id !== projectId) throw noProject();
  return member.platform.database.identityTransaction(async (tx) => {
    const before = await selectProject(tx, id);
    const after = await renameProject(tx, id, input.name.trim());
    if (!before || !after) throw noProject();
    await recordIdentityActivity(tx, member, id, {
      action: 'projects.update',
      subjectKind: 'project',
      subjectId: id,
      before: { name: before.name },
      after: { name: after.name },
    });
    return { ...after, role };
  });
}

async function addOwner(
  platform: Platform,
  tx: Parameters<typeof insertMember>[0],
  projectId: string,
  userId: string,
): Promise<void> {
  const addedAt = platform.clock.now();
  await insertMember(tx, { projectId, userId, role: 'owner', source: 'person', addedAt });
}

function toSlug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return plain.replace(/^-+|-+$/g, '').slice(0, 60) || `project-${newId().slice(-6)}`;
}
