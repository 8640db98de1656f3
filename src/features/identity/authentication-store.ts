import { and, eq, lt } from 'drizzle-orm';
import type { Reading, Role, Tx } from '#platform/context/index.ts';
import { apiTokens, sessions } from './tables.ts';

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

// Asked with every request, so each is one prepared statement.

const WHO = 'u.id, u.name, u.admin, p.id, p.slug, p.name, m.role';
const CHOSEN_FIRST = `order by (p.slug = $3 or p.id::text = lower($3)) desc nulls last, m.added_at, m.project_id limit 1`;

/** One indexed join: the session, its user, and the user's role in the chosen project. */
export function readSessionPrincipal(
  tokenHash: Buffer,
  { project, now, idleSince }: Chosen & { idleSince: Date },
): Reading<SessionPrincipal | undefined> {
  return {
    name: 'session principal',
    text: `select ${WHO}, s.id, s.last_used_at < $2::timestamptz - interval '1 minute'
      from sessions s
      join users u on u.id = s.user_id and u.disabled_at is null
      left join members m on m.user_id = u.id
      left join projects p on p.id = m.project_id
      where s.token_hash = $1 and s.expires_at > $2::timestamptz and s.last_used_at > $4::timestamptz
      ${CHOSEN_FIRST}`,
    values: [tokenHash, now.toISOString(), project ?? null, idleSince.toISOString()],
    take([row]) {
      if (!row) return undefined;
      return { ...toPrincipal(row, project), sessionId: row[7] ?? '', stale: row[8] === 't' };
    },
  };
}

/** The same for an API token; the project of one that is bound to a project can't be chosen. */
export function readTokenPrincipal(
  tokenHash: Buffer,
  { project, now }: Chosen,
): Reading<TokenPrincipal | undefined> {
  return {
    name: 'token principal',
    text: `select ${WHO}, k.id, coalesce(k.last_used_at < $2::timestamptz - interval '1 minute', true), k.name, k.scope, k.local
      from api_tokens k
      join users u on u.id = k.user_id and u.disabled_at is null
      left join members m on m.user_id = u.id and (k.project_id is null or m.project_id = k.project_id)
      left join projects p on p.id = m.project_id
      where k.token_hash = $1 and (k.expires_at is null or k.expires_at > $2::timestamptz)
      ${CHOSEN_FIRST}`,
    values: [tokenHash, now.toISOString(), project ?? null],
    take([row]) {
      if (!row) return undefined;
      return {
        ...toPrincipal(row, project),
        tokenId: row[7] ?? '',
        stale: row[8] === 't',
        tokenName: row[9] ?? '',
        scope: row[10] as TokenPrincipal['scope'],
        local: row[11] === 't',
      };
    },
  };
}

function toPrincipal(row: readonly (string | null)[], project: string | undefined): PrincipalRow {
  const [userId, userName, admin, projectId = null, slug = null, projectName = null, role = null] = row;
  const known = { userId: userId ?? '', userName: userName ?? '', admin: admin === 't' };
  return withoutOthers({ ...known, projectId, slug, projectName, role: role as Role | null }, project);
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

/** The user is known even when the chosen project isn't one of theirs; then they have none in this request. */
function withoutOthers(row: PrincipalRow, project: string | undefined): PrincipalRow {
  if (project === undefined || row.slug === project) return row;
  if (row.projectId === project.toLowerCase()) return row;
  return { ...row, projectId: null, slug: null, projectName: null, role: null };
}
