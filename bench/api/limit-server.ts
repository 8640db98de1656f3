import Fastify from 'fastify';
import pg from 'pg';
import { v7 as newId } from 'uuid';

/**
 * The limit: what Fastify and pg can do with the same answers and nothing else. No authentication, row-level
 * security, logs, metrics, headers or validation. Usage: node limit-server.ts DATABASE_URL PORT
 */
const [url, port] = process.argv.slice(2);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.DATE, String);
const pool = new pg.Pool({ connectionString: url, max: 20 });
const app = Fastify();
const { rows: projects } = await pool.query<{ id: string }>("select id from projects where slug = 'default'");
const project = projects[0]?.id ?? '';

const COLUMNS = `t.id, t.slug, t.name, t.kind, t.quadrant, t.ring, t.description, t.owner, t.tags, t.homepage, t.links,
  t.standard_version as "standardVersion", t.review_date as "reviewDate", t.catalogued,
  json_build_object('repositories', coalesce(u.repositories, 0), 'detections', coalesce(u.detections, 0),
    'versions', coalesce(u.versions, '{}'), 'confidence', coalesce(u.confidence, 0), 'runtime', coalesce(u.runtime, false)) as usage,
  t.version, t.archived_at as "archivedAt", t.created_at as "createdAt", t.updated_at as "updatedAt"`;
const USAGE = 'left join technology_usage u on u.project_id = t.project_id and u.technology_slug = t.slug';

interface ListQuery {
  limit?: string;
  ring?: string;
  kind?: string;
  quadrant?: string;
  used?: string;
  q?: string;
}

app.get<{ Querystring: ListQuery }>('/api/v1/technologies', async (request) => {
  const { limit = '50', q, ...filters } = request.query;
  const values: unknown[] = [project];
  let where = 'project_id = $1 and archived_at is null';
  for (const [column, value] of Object.entries(filters)) {
    if (value === 'unreviewed') where += ' and ring is null';
    else where += ` and ${column} = $${values.push(value)}`;
  }
  if (q !== undefined) {
    const at = values.push(`%${q.replace(/[\\%_]/g, '\\$&')}%`);
    where += ` and technology_words(name, slug, tags) ilike $${at}`;
  }
  const size = Number(limit);
  const text = `select ${COLUMNS}, (select count(*) from technologies where ${where}) as total
    from (select id from technologies where ${where} order by lower(name), id limit $${values.push(size + 1)}) p
    join technologies t on t.id = p.id ${USAGE} order by lower(t.name), t.id`;
  const name = `list ${Object.keys(filters)} ${filters.ring === 'unreviewed'} ${q !== undefined}`;
  const { rows } = await pool.query({ name, text, values });
  const total = rows[0]?.total ?? 0;
  for (const row of rows) delete row.total;
  const items = rows.slice(0, size);
  const last = items.at(-1);
  const nextCursor =
    rows.length > size
      ? Buffer.from(JSON.stringify({ name: last.name.toLowerCase(), id: last.id })).toString('base64url')
      : null;
  return { items, nextCursor, total };
});

app.get<{ Params: { slug: string } }>('/api/v1/technologies/:slug', async (request, reply) => {
  const { rows } = await pool.query({
    name: 'one',
    text: `select ${COLUMNS} from technologies t ${USAGE} where t.project_id = $1 and t.slug = $2`,
    values: [project, request.params.slug],
  });
  return rows[0] ?? reply.code(404).send({ code: 'technology-not-found' });
});

interface CreateBody {
  name: string;
  slug: string;
  kind: string;
  quadrant: string;
  description: string;
  tags: string[];
}

app.post<{ Body: CreateBody }>('/api/v1/technologies', async (request, reply) => {
  const { name, slug, kind, quadrant, description, tags } = request.body;
  const id = newId();
  const { rows } = await pool.query({
    name: 'create',
    text: `with t as (
        insert into technologies (id, project_id, slug, name, kind, quadrant, description, tags, edited)
        values ($2, $1, $3, $4, $5, $6, $7, $8, '{name,kind,quadrant}') returning *
      ), noted as (
        insert into activity (id, project_id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, after)
        select $9, $1, 'user', 'limit', 'Limit', 'radar.create', 'technology', id::text, jsonb_build_object('slug', slug) from t
      ) select ${COLUMNS} from t ${USAGE}`,
    values: [project, id, slug, name, kind, quadrant, description, tags, newId()],
  });
  return reply.code(201).send(rows[0]);
});

const FIGURES = `select
  (select json_object_agg(state, n) from (select state, count(*) as n from repositories where project_id = $1 and archived_at is null group by state) f) as repositories,
  (select count(*) from repositories r where project_id = $1 and archived_at is null and exists (select from scans where repository_id = r.id)) as scanned,
  (select json_agg(f) from (select ring, used, kind = 'technique' as technique, count(*) as n from technologies
    where project_id = $1 and archived_at is null group by 1, 2, 3) f) as rings,
  (select count(*) from technologies where project_id = $1 and archived_at is null and review_date < current_date) as overdue,
  (select json_agg(f) from (select t.standard_version as standard, u.compared from technologies t join technology_usage u
    on u.project_id = t.project_id and u.technology_slug = t.slug
    where t.project_id = $1 and t.archived_at is null and t.standard_version is not null
    and not (t.catalogued and t.kind in ('database', 'infrastructure', 'service', 'ci'))) f) as standards,
  (select json_object_agg(state, n) from (select state, count(*) as n from documents where project_id = $1 group by state) f) as documents,
  (select count(*) from jobs where project_id = $1 and state in ('queued', 'running')) as unfinished,
  (select json_agg(f) from (select id, kind, root_id as "rootId", subject_kind as "subjectKind", subject_id as "subjectId", state, progress,
    result, problem, attempt, created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"
    from jobs where project_id = $1 and state = 'running' order by id desc limit 10) f) as running,
  (select json_agg(f) from (select id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id
    from activity where project_id = $1 order by at desc, id desc limit 20) f) as activity`;

interface RingCount {
  ring: string | null;
  used: boolean;
  technique: boolean;
  n: number;
}

app.get('/api/v1/overview', async () => {
  const { rows } = await pool.query({ name: 'figures', text: FIGURES, values: [project] });
  const found = rows[0];
  const rings: RingCount[] = found.rings;
  const sum = (matches: (row: RingCount) => boolean): number =>
    rings.reduce((total, row) => total + (matches(row) ? row.n : 0), 0);
  const technologies = {
    adopt: sum((row) => row.ring === 'adopt'),
    trial: sum((row) => row.ring === 'trial'),
    assess: sum((row) => row.ring === 'assess'),
    hold: sum((row) => row.ring === 'hold'),
    unreviewed: sum((row) => row.ring === null && row.used),
  };
  const byKind = {
    'hold-used': sum((row) => row.ring === 'hold' && row.used),
    'version-behind': (found.standards ?? []).filter(isBehind).length,
    'adopted-unused': sum((row) => row.ring === 'adopt' && !row.used && !row.technique),
    'unreviewed-used': technologies.unreviewed,
    'review-overdue': found.overdue,
  };
  return {
    repositories: {
      total: total(found.repositories),
      ready: found.repositories.ready ?? 0,
      unreachable: found.repositories.unreachable ?? 0,
      scanned: found.scanned,
    },
    technologies: { ...technologies, total: total(technologies) },
    drift: { total: total(byKind), byKind },
    documents: { ready: 0, pending: 0, failed: 0, gone: 0, ...found.documents },
    jobs: {
      unfinished: found.unfinished,
      running: (found.running ?? []).map(inUtc),
    },
    activity: found.activity.map((row: Record<string, unknown>) => ({
      id: row['id'],
      at: toUtc(row['at']),
      actor: { kind: row['actor_kind'], id: row['actor_id'], name: row['actor_name'] },
      action: row['action'],
      subjectKind: row['subject_kind'],
      subjectId: row['subject_id'],
    })),
  };
});

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const toUtc = (text: unknown): string | null => (text === null ? null : new Date(String(text)).toISOString());
const inUtc = (row: Record<string, unknown>) => ({
  ...row,
  createdAt: toUtc(row['createdAt']),
  startedAt: toUtc(row['startedAt']),
  finishedAt: toUtc(row['finishedAt']),
});

/** The seeded versions are plain numbers, so comparing the first one is enough here. */
function isBehind(row: { standard: string; compared: [string, string | null, string][] }): boolean {
  const floor = Number.parseInt(row.standard, 10);
  return row.compared.some(([, , locked]) => Number.parseInt(locked, 10) < floor);
}

await app.listen({ port: Number(port), host: '127.0.0.1' });
