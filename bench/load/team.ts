import { createHash, randomBytes } from 'node:crypto';
import { hashPassword } from '../../src/features/identity/passwords.ts';
import { newApiToken } from '../../src/features/identity/random-secrets.ts';
import type { Team } from './callers.ts';
import { TEAM } from './scenario.ts';
import { WORDS } from './values.ts';

export function createTeam(): Team {
  return {
    password: randomBytes(12).toString('base64url'),
    sessions: Array.from({ length: TEAM.people }, () => randomBytes(32).toString('base64url')),
    tokens: Array.from({ length: TEAM.pipelines }, newApiToken),
    job: '018bcfe5-0000-7000-8000-000000000001',
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const hashOf = (secret: string): string => `'\\x${createHash('sha256').update(secret).digest('hex')}'`;
const person = (number: number): string => `bench_id(101, ${number})`;
const PROJECT = 'bench_id(2, 1)';
const CHUNK_CHARACTERS = 400;

/** Statements that add the team to what bench/api/seed.ts has made, and give its documents texts to find. */
export async function teamStatements(team: Team): Promise<readonly string[]> {
  const hash = await hashPassword(team.password);
  const session = (secret: string, at: number): string =>
    `(bench_id(102, ${at + 1}), ${hashOf(secret)}, ${person(at + 1)}, now() + interval '1 day')`;
  const token = (secret: string, at: number): string =>
    `(bench_id(103, ${at + 1}), ${hashOf(secret)}, ${quoted(secret.slice(0, 8))}, 'Pipeline ${at + 1}', 'write', ${person(TEAM.owners + at + 1)}, ${PROJECT}, now())`;
  return [
    `select set_config('app.project_id', ${PROJECT}::text, false)`,
    `insert into users (id, email, email_verified, name, password_hash)
     select bench_id(101, n), 'person-' || n || '@example.com', true, 'Person ' || n, ${quoted(hash)}
     from generate_series(1, ${TEAM.people}) n`,
    `insert into members (user_id, project_id, role)
     select bench_id(101, n), ${PROJECT}, case when n <= ${TEAM.owners} then 'owner'
       when n <= ${TEAM.owners + TEAM.editors} then 'editor' else 'viewer' end
     from generate_series(1, ${TEAM.people}) n`,
    `insert into sessions (id, token_hash, user_id, expires_at) values ${team.sessions.map(session).join(', ')}`,
    `insert into api_tokens (id, token_hash, prefix, name, scope, user_id, project_id, created_at)
     values ${team.tokens.map(token).join(', ')}`,
    // What the seed has left unfinished would be taken up by the worker, and is about repositories that are nowhere.
    "update jobs set state = 'succeeded', finished_at = now() where state in ('queued', 'running')",
    // No worker knows this kind, so it waits, and streams that follow it stay open.
    `insert into jobs (id, kind, root_id, input, state) values ('${team.job}', 'load.waits', '${team.job}', '{}', 'queued')`,
    // What the seed leaves out because bench/api does not ask for it.
    "update detections set evidence = jsonb_set(evidence, '{0,commit}', '\"0123456789abcdef0123456789abcdef01234567\"')",
    `update scans set counts = '{"detections": 61, "technologies": 61, "ignored": 0, "transitive": {}}'`,
    statisticsStatement(),
    ...textStatements(),
    'analyze',
  ];
}

function statisticsStatement(): string {
  const people = `jsonb_build_array(jsonb_build_object('name', 'Person 1', 'email', 'person-1@example.com', 'commits', 120,
    'firstAt', '2025-01-06T09:00:00.000Z', 'lastAt', '2026-01-05T09:00:00.000Z'))`;
  const languages = `jsonb_build_array(jsonb_build_object('name', 'TypeScript', 'bytes', 90000, 'files', 60, 'color', '#3178c6',
    'largestPath', 'src/index.ts'))`;
  const weeks = `(select jsonb_agg(jsonb_build_object('week', to_char(date '2025-01-06' + 7 * w, 'YYYY-MM-DD'), 'commits', w % 9))
    from generate_series(0, 51) w)`;
  return `insert into repository_statistics (repository_id, commit, branches, languages, contributors, activity, commit_count,
      file_count, bytes, computed_at)
    select id, head_commit, '[]', ${languages}, ${people}, ${weeks}, 120, 60, 90000, now() from repositories`;
}

/** Each chunk is five of 2,000 sentences; words that stand first in the list stand in many of them. */
function textStatements(): string[] {
  const words = `array[${WORDS.map(quoted).join(', ')}]`;
  return [
    'select setseed(0.17)',
    `create temporary table sentences as
     select n, 'The ' || string_agg(words[1 + floor(${WORDS.length} * power(random(), 2))::int], ' ') || '.' as text
     from generate_series(0, 1999) n, generate_series(1, 9), (select ${words} as words) w group by n`,
    'alter table sentences add primary key (n)',
    `create temporary table texts as
     select document, string_agg(rpad(text, ${CHUNK_CHARACTERS - 1}) || E'\\n', '' order by ordinal) as text from (
       select d.id as document, ordinal, string_agg(s.text, ' ') as text
       from (select id, row_number() over (order by id) as n from documents) d, generate_series(0, 19) ordinal,
         generate_series(1, 5) part, sentences s
       where s.n = (d.n * 7919 + ordinal * 104729 + part * 15485863) % 2000
       group by 1, 2) chunks group by document`,
    'update documents set text = texts.text from texts where id = document',
    `update chunks set start_offset = ordinal * ${CHUNK_CHARACTERS}, end_offset = ordinal * ${CHUNK_CHARACTERS} + ${CHUNK_CHARACTERS - 1}`,
    "update documents set index_state = 'dirty' where state = 'ready'",
  ];
}
