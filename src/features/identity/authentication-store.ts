import { and, asc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Role, Tx } from '#platform/context/index.ts';
import { isId } from '#platform/ids/index.ts';
import { apiTokens, members, projects, sessions, users } from './tables.ts';

const userColumns = { userId: users.id, userName: users.name, admin: users.admin };
const membershipColumns = {
  projectId: projects.id,
  slug: projects.slug,
  projectName: projects.name,
  role: members.role,
};

/** Who stands behind a credential, and the project that the request chose; null columns if it has none there. */
interface PrincipalRow {
  userId: string;
  userName: string;
  admin: boolean;
  projectId: string | null;
  slug: string | null;
  projectName: string | null;
  role: Role | null;
}

export interface SessionPrincipal extends PrincipalRow {
  sessionId: string;
  /** Whether its last use was noted more than a minute ago. */
  stale: boolean;
}

export interface TokenPrincipal extends PrincipalRow {
  tokenId: string;
  tokenName: string;
  scope: 'read' | 'write' | 'admin';
  local: boolean;
  stale: boolean;
}

interface Chosen {
  /** Slug or id; the first project that the user belongs to if not given. */
  project: string | undefined;
  now: Date;
}

/** One indexed join: the session, its user, and the user's role in the chosen project. */
export async function selectSessionPrincipal(
  tx: Tx,
  tokenHash: Buffer,
  chosen: Chosen & { idleSince: Date },
): Promise<SessionPrincipal | undefined> {
  const [row] = await tx
    .select({
      sessionId: sessions.id,
      stale: isStale(sessions.lastUsedAt, chosen.now),
      ...userColumns,
      ...membershipColumns,
    })
    .from(sessions)
    .innerJoin(users, and(eq(users.id, sessions.userId), isNull(users.disabledAt)))
    .leftJoin(members, eq(members.userId, users.id))
    .leftJoin(projects, eq(projects.id, members.projectId))
    .where(
      and(
        eq(sessions.tokenHash, tokenHash),
        gt(sessions.expiresAt, chosen.now),
        gt(sessions.lastUsedAt, chosen.idleSince),
      ),
    )
    .orderBy(...chosenFirst(chosen.project))
    .limit(1);
  return row && withoutOthers(row, chosen.project);
}

/** The same for an API token; the project of one that is bound to a project can't be chosen. */
export async function selectTokenPrincipal(
  tx: Tx,
  tokenHash: Buffer,
  chosen: Chosen,
): Promise<TokenPrincipal | undefined> {
  const [row] = await tx
    .select({
      tokenId: apiTokens.id,
      tokenName: apiTokens.name,
      scope: apiTokens.scope,
      local: apiTokens.local,
      stale: sql<boolean>`coalesce(${isStale(apiTokens.lastUsedAt, chosen.now)}, true)`,
      ...userColumns,
      ...membershipColumns,
    })
    .from(apiTokens)
    .innerJoin(users, and(eq(users.id, apiTokens.userId), isNull(users.disabledAt)))
    .leftJoin(
      members,
      and(
        eq(members.userId, users.id),
        or(isNull(apiTokens.projectId), eq(members.projectId, apiTokens.projectId)),
      ),
    )
    .leftJoin(projects, eq(projects.id, members.projectId))
    .where(
      and(
        eq(apiTokens.tokenHash, tokenHash),
        or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, chosen.now)),
      ),
    )
    .orderBy(...chosenFirst(chosen.project))
    .limit(1);
  return row && withoutOthers(row, chosen.project);
}

export async function touchSession(tx: Tx, id: string, now: Date): Promise<void> {
  await tx
    .update(sessions)
    .set({ lastUsedAt: now })
    .where(and(eq(sessions.id, id), lt(sessions.lastUsedAt, now)));
}

export async function touchToken(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.update(apiTokens).set({ lastUsedAt: now }).where(eq(apiTokens.id, id));
}

function isStale(column: typeof sessions.lastUsedAt | typeof apiTokens.lastUsedAt, now: Date): SQL<boolean> {
  return sql<boolean>`${column} < ${now.toISOString()}::timestamptz - interval '1 minute'`;
}

function chosenFirst(project: string | undefined): SQL[] {
  const oldest = [asc(members.addedAt), asc(members.projectId)];
  if (project === undefined) return oldest;
  const matches = isId(project) ? eq(projects.id, project) : eq(projects.slug, project);
  return [sql`${matches} desc nulls last`, ...oldest];
}

/** The user is known even when the chosen project isn't one of theirs; then they have none in this request. */
function withoutOthers<T extends PrincipalRow>(row: T, project: string | undefined): T {
  if (project === undefined || row.slug === project) return row;
  if (row.projectId === project.toLowerCase()) return row;
  return { ...row, projectId: null, slug: null, projectName: null, role: null };
}
