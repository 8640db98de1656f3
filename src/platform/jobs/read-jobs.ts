import type { Reading } from '#platform/database/index.ts';
import { isoTime } from '#platform/http/json-text.ts';
import type { Job } from './schema.ts';

/** How many jobs wait or run. */
export function readUnfinished(): Reading<number> {
  return {
    name: 'unfinished jobs',
    text: "select count(*) from jobs where state in ('queued', 'running')",
    values: [],
    take: ([row]) => Number(row?.[0] ?? 0),
  };
}

/** The jobs that run, the newest first. */
export function readRunning(limit: number): Reading<Job[]> {
  return {
    name: 'running jobs',
    text: `select id, kind, root_id, subject_kind, subject_id, progress, result, problem, attempt, created_at, started_at, finished_at
      from jobs where state = 'running' and state in ('queued', 'running') order by id desc limit $1::int`,
    values: [String(limit)],
    take: (rows) => rows.map(toJob),
  };
}

const json = (text: string | null | undefined) => (text == null ? null : JSON.parse(text));
const time = (text: string | null | undefined): string | null => (text == null ? null : isoTime(text));

function toJob(row: readonly (string | null)[]): Job {
  return {
    id: row[0] ?? '',
    kind: row[1] ?? '',
    rootId: row[2] ?? '',
    subjectKind: row[3] ?? null,
    subjectId: row[4] ?? null,
    state: 'running',
    progress: json(row[5]),
    result: json(row[6]),
    problem: json(row[7]),
    attempt: Number(row[8]),
    createdAt: time(row[9]) ?? '',
    startedAt: time(row[10]),
    finishedAt: time(row[11]),
  };
}
