import { createHash } from 'node:crypto';
import type { PostgresServer } from '../../src/testing/postgres-server.ts';

export const DATABASE = 'bench';
/** In the form of an API token; its checksum is right. */
export const TOKEN = 'cc_BenchBenchBenchBenchBenchBenchBenc2ciB7e';

/** A UUID in the form of version 7, so that numbers sort as ids do. */
const ID = `create function bench_id(kind int, n bigint) returns uuid language sql immutable as $$
  select (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8'
    || substr(md5(kind || '/' || n), 1, 15))::uuid $$`;

const WORDS = `array['able','amber','atlas','bolt','brick','cable','cedar','cloud','cobalt','copper','delta','ember',
  'fable','fern','flint','forge','gale','grain','harbor','hazel','iron','ivory','jade','kite','lark','ledger','lumen',
  'maple','marble','meadow','nova','oak','onyx','orbit','pearl','pilot','quartz','raven','river','saddle']`;

/** 10,000 technologies, 20,000 jobs, 500 repositories, 100,000 chunks, and 30,000 detections that tie them. */
const STATEMENTS = [
  ID,
  `insert into users (id, email, name, admin) values (bench_id(1, 1), 'bench@example.com', 'Bench', true)`,
  `insert into projects (id, slug, name) values (bench_id(2, 1), 'default', 'Default')`,
  `insert into members (user_id, project_id, role) values (bench_id(1, 1), bench_id(2, 1), 'owner')`,
  `insert into api_tokens (id, token_hash, prefix, name, scope, user_id, project_id)
   values (bench_id(3, 1), '\\x${createHash('sha256').update(TOKEN).digest('hex')}', 'cc_Bench', 'Bench', 'write', bench_id(1, 1), bench_id(2, 1))`,
  `select set_config('app.project_id', bench_id(2, 1)::text, false), setseed(0.42)`,
  `insert into repositories (id, name, location, location_key, kind, state, head_commit, sync_every_minutes, last_synced_at, last_tried_at)
   select bench_id(4, n), 'service-' || n, 'https://git.example.com/service-' || n, 'https://git.example.com/service-' || n,
     'url', case when n % 50 = 0 then 'unreachable' else 'ready' end, md5(n::text), 1440, now(), now()
   from generate_series(1, 500) n`,
  `insert into scans (id, repository_id, commit, started_at, finished_at, files, counts, problems)
   select bench_id(5, n), bench_id(4, (n - 1) % 490 + 1), md5(n::text), now(), now(), 40, '{}', '[]' from generate_series(1, 980) n`,
  `create temporary table made as
   select n, words[1 + n % 40] || '-' || words[1 + (n / 40) % 40] || '-' || n as slug,
     case when n % 100 < 4 then 'adopt' when n % 100 < 10 then 'trial' when n % 100 < 16 then 'assess' when n % 100 < 20 then 'hold' end as ring,
     (array['library','library','library','framework','tool','database','infrastructure','service','language','ci'])[1 + n % 10] as kind
   from generate_series(1, 10000) n, (select ${WORDS} as words) w`,
  `insert into technologies (id, slug, name, kind, quadrant, ring, description, owner, tags, homepage, links, standard_version, review_date, catalogued)
   select bench_id(6, n), slug, initcap(replace(slug, '-', ' ')), kind,
     case kind when 'language' then 'languages' when 'framework' then 'languages' when 'library' then 'libraries'
       when 'tool' then 'tools' when 'ci' then 'tools' else 'platforms' end,
     ring, rpad('What ' || slug || ' is good for, and what it is not. ', 220, 'It was looked at by a team that had used two others before. '),
     case when n % 3 = 0 then 'Team ' || n % 20 end, array['tag-' || n % 37, 'area-' || n % 11],
     'https://' || slug || '.example.com', jsonb_build_array(jsonb_build_object('title', 'Guide', 'url', 'https://docs.example.com/' || slug)),
     case when ring is not null and n % 20 = 1 then '2.0.0' end,
     case when ring is not null and n % 6 = 0 then current_date + (n % 400 - 100)::int end, n % 4 <> 0
   from made`,
  'analyze',
  `insert into detections (id, repository_id, scan_id, subject_key, technology_slug, technology_name, kind, ecosystem, package_name,
     component, scope, version_declared, version_locked, confidence, rule, evidence, first_seen_at, last_seen_at)
   select bench_id(7, row_number() over ()), bench_id(4, repository), bench_id(5, repository), 'npm:' || slug || '@', slug,
     initcap(replace(slug, '-', ' ')), kind, 'npm', slug, '', case when made.n % 4 = 0 then 'development' else 'runtime' end,
     '^' || 1 + made.n % 3 || '.' || repository % 5 || '.0', 1 + made.n % 3 || '.' || repository % 5 || '.' || made.n % 10,
     0.75, 'npm.dependency',
     jsonb_build_array(jsonb_build_object('path', 'package.json', 'line', 12, 'excerpt', '"' || slug || '": "^1.0.0"', 'rule', 'npm.dependency')),
     now(), now()
   from (select distinct repository, 1 + floor(9999 * power(random(), 2.2))::int as n
         from generate_series(1, 490) repository, generate_series(1, 66)) pairs join made using (n)`,
  'analyze',
  `insert into detection_verdicts (id, repository_id, subject_key, verdict, actor_name, created_at)
   select bench_id(8, row_number() over ()), repository_id, subject_key, 'wrong', 'Bench', now() from detections where md5(id::text) < '02'`,
  `insert into moves (id, technology_id, to_ring, reason, actor_kind, actor_id, actor_name, decided_at)
   select bench_id(9, n), bench_id(6, n), ring, 'It proved itself in two services.', 'user', bench_id(1, 1)::text, 'Bench', now() - make_interval(days => n % 300)
   from made where ring is not null`,
  `insert into jobs (id, kind, root_id, subject_kind, subject_id, input, state, progress, result, attempt, created_at, started_at, finished_at)
   select bench_id(10, n), 'evidence.scan', bench_id(10, n), 'repository', bench_id(4, n % 500 + 1)::text, '{}',
     case when n <= 19600 then 'succeeded' when n <= 19940 then 'failed' when n <= 19950 then 'running' else 'queued' end,
     '{"phase": "done"}', '{"detections": 61}', 1, now() - make_interval(secs => 20000 - n), now() - make_interval(secs => 20000 - n),
     case when n <= 19940 then now() - make_interval(secs => 20000 - n) end
   from generate_series(1, 20000) n`,
  `insert into documents (id, source, repository_id, external_id, title, media_type, content_hash, state, chunk_count, text, index_state)
   select bench_id(11, n), 'repository', bench_id(4, n % 500 + 1), 'docs/' || n || '.md', 'Document ' || n, 'text/markdown', md5(n::text),
     case when n % 100 = 0 then 'failed' else 'ready' end, 20, repeat('Some text of a document. ', 20), 'indexed'
   from generate_series(1, 5000) n`,
  // Keys to rows that were made a line above need no check.
  "set session_replication_role = 'replica'",
  `insert into chunks (id, document_id, ordinal, start_offset, end_offset, line_start, line_end)
   select bench_id(12, n), bench_id(11, (n - 1) / 20 + 1), (n - 1) % 20, ((n - 1) % 20) * 25, ((n - 1) % 20) * 25 + 24, 1, 2
   from generate_series(1, 100000) n`,
  `insert into activity (id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, after)
   select bench_id(13, n), date_trunc('milliseconds', now()) - make_interval(secs => 20000 - n), 'user', bench_id(1, 1)::text, 'Bench',
     'radar.update', 'technology', bench_id(6, n % 10000 + 1)::text, '{"owner": "Team 1"}'
   from generate_series(1, 20000) n`,
];

/** Fills a migrated database; the same rows each time but for dates. */
export async function seed(postgres: Pick<PostgresServer, 'query'>): Promise<void> {
  await postgres.query(STATEMENTS.join(';\n'), DATABASE);
  await postgres.query('vacuum analyze', DATABASE);
}

/** Takes away what the load has created, so that each round meets the same data. */
export async function removeCreated(postgres: PostgresServer): Promise<void> {
  await postgres.query(
    "delete from technologies where slug like 'bench-created-%'; delete from activity where action = 'radar.create'",
    DATABASE,
  );
  await postgres.query('vacuum analyze technologies', DATABASE);
  await postgres.query('vacuum analyze activity', DATABASE);
}
