import type { Database } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';

export type Severity = 'critical' | 'warning';

/** Something that is not as it should be, at this moment. */
export interface Alert {
  readonly rule: string;
  /** What it is about, where a rule has several. */
  readonly subject: string;
  readonly severity: Severity;
  readonly summary: string;
  /** The page of docs/runbooks that says what to do. */
  readonly runbook: string;
  /** For how long it has to last before anybody is told. */
  readonly holdSeconds: number;
}

export interface IncidentRow {
  id: string;
  rule: string;
  subject: string;
  severity: Severity;
  summary: string;
  runbook: string;
  beganAt: Date;
  endedAt: Date | null;
}

const COLUMNS = 'id, rule, subject, severity, summary, runbook, began_at as "beganAt", ended_at as "endedAt"';

/** Begins what is new, and ends what is over; what has ended before it was told was nothing. */
export async function reconcileIncidents(
  database: Database,
  alerts: readonly Alert[],
  now: Date,
): Promise<void> {
  const rows = alerts.map((alert) => ({ id: newId(), ...alert }));
  await database.ownerQuery(
    `with given as (
       select * from jsonb_to_recordset($1) as r(id uuid, rule text, subject text, severity text, summary text,
         runbook text, "holdSeconds" integer)
     ), over as (
       select i.id, i.told_at > $2 as unnoticed from incidents i
       where i.ended_at is null and not exists (select from given g where g.rule = i.rule and g.subject = i.subject)
     ), forgotten as (
       delete from incidents where id in (select id from over where unnoticed)
     ), ended as (
       update incidents set ended_at = $2 where id in (select id from over where not unnoticed)
     )
     insert into incidents (id, rule, subject, severity, summary, runbook, began_at, told_at)
     select id, rule, subject, severity, summary, runbook, $2::timestamptz, $2::timestamptz + make_interval(secs => "holdSeconds")
     from given
     on conflict (rule, subject) where ended_at is null
     do update set summary = excluded.summary, severity = excluded.severity`,
    [JSON.stringify(rows), now],
  );
}

/** What nobody could write down while it lasted; once, though every process tells it. */
export async function insertPastIncident(
  database: Database,
  { rule, subject, severity, summary, runbook }: Alert,
  { from, to }: { from: Date; to: Date },
): Promise<void> {
  await database.ownerQuery(
    `insert into incidents (id, rule, subject, severity, summary, runbook, began_at, told_at, ended_at)
     select $1, $2, $3, $4, $5, $6, $7::timestamptz, $7::timestamptz, $8::timestamptz
     where not exists (select from incidents where rule = $2 and subject = $3 and began_at <= $8 and coalesce(ended_at, $8) >= $7)`,
    [newId(), rule, subject, severity, summary, runbook, from, to],
  );
}

/** The alerts that are open, the worst and oldest first. */
export async function selectOpenIncidents(database: Database, now: Date): Promise<IncidentRow[]> {
  const { rows } = await database.ownerQuery(
    `select ${COLUMNS} from incidents where ended_at is null and told_at <= $1 order by severity, began_at, id`,
    [now],
  );
  return rows as unknown as IncidentRow[];
}

/** What was told since then, the newest first. */
export async function selectIncidents(
  database: Database,
  { now, since, limit }: { now: Date; since: Date; limit: number },
): Promise<IncidentRow[]> {
  const { rows } = await database.ownerQuery(
    `select ${COLUMNS} from incidents where told_at <= coalesce(ended_at, $1) and coalesce(ended_at, $1) >= $2
     order by began_at desc, id desc limit $3`,
    [now, since, limit],
  );
  return rows as unknown as IncidentRow[];
}

export interface ReleaseRow {
  version: string;
  release: string | null;
  startedAt: Date;
}

/** Notes the start of what is not the last that was noted. Under a lock: several processes begin at once. */
export async function insertRelease(
  database: Database,
  { version, release, startedAt }: ReleaseRow,
): Promise<void> {
  await database.withLock('operations.releases', async () => {
    await database.ownerQuery(
      `insert into releases (id, version, release, started_at)
       select $1, $2::text, $3::text, $4
       where not exists (
         select from (select version, release from releases order by id desc limit 1) as last
         where last.version = $2 and last.release is not distinct from $3)`,
      [newId(), version, release, startedAt],
    );
  });
}

export async function selectReleases(database: Database, since: Date, limit: number): Promise<ReleaseRow[]> {
  const { rows } = await database.ownerQuery(
    'select version, release, started_at as "startedAt" from releases where started_at >= $1 order by id desc limit $2',
    [since, limit],
  );
  return rows as unknown as ReleaseRow[];
}
