import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '#platform/errors/index.ts';
import type { Archive } from './archive.ts';
import { controlData, query, restoreBackup, serverProgram, startBeside, stopServer } from './commands.ts';
import { must, type Place } from './place.ts';
import type { RecoveryPlan } from './plan.ts';

/** A second data directory, as the database was at the time that was asked for. */
export interface Copy {
  id: string;
  folder: string;
  /** Where its server answers; undefined if everything is replayed, which happens when it takes its place. */
  port?: number;
  /** The last commit that is in it. */
  lastCommit?: Date;
}

/** Rows of a table in both databases; undefined where it is not there. */
export interface TableRows {
  table: string;
  living: number | undefined;
  restored: number | undefined;
}

const REPLAYED_WITHIN_MS = 24 * 60 * 60_000;
const PAUSE_MS = 200;
/** A standby may have no less of these than the server that wrote the WAL. */
const LIMITS: Record<string, string> = {
  max_connections: 'max_connections',
  max_worker_processes: 'max_worker_processes',
  max_wal_senders: 'max_wal_senders',
  max_prepared_xacts: 'max_prepared_transactions',
  max_locks_per_xact: 'max_locks_per_transaction',
};
const ROWS = `SELECT format('%s.%s', schemaname, tablename),
  (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', schemaname, tablename), false, true, '')))[1]
  FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;

/** Restores beside the living data, replays to the target, and leaves a server there that can only be read. */
export async function recoverBeside(
  place: Place,
  archive: Archive,
  plan: RecoveryPlan,
  options: { id: string; port: number },
): Promise<Copy> {
  const folder = `${archive.data}-restore-${options.id}`;
  await must(place, ['mkdir', '-m', '0700', folder]);
  const work = { into: folder, backup: plan.backup.label, timeline: plan.timeline };
  await must(place, restoreBackup(archive, plan.target ? { ...work, target: plan.target } : work));
  const copy: Copy = { id: options.id, folder };
  if (!plan.target) return copy;
  const lastCommit = await replay(place, archive, folder, options.port);
  return { ...copy, port: options.port, ...(lastCommit ? { lastCommit } : {}) };
}

/** Starts a server on a restored folder and waits until it has stopped at its target; returns its last commit's time. */
export async function replay(
  place: Place,
  archive: Archive,
  folder: string,
  port: number,
): Promise<Date | undefined> {
  const control = await must(place, controlData(archive, folder));
  const limits = Object.entries(LIMITS).flatMap(([name, setting]) => {
    const value = new RegExp(`^${name} setting:\\s+(\\d+)`, 'm').exec(control)?.[1];
    return value === undefined ? [] : [[setting, value] as const];
  });
  const { exitCode } = await place.ask(startBeside(archive, folder, port, Object.fromEntries(limits)));
  if (exitCode !== 0) throw await whyStopped(place, folder);
  const ask = query(archive, 'SELECT pg_get_wal_replay_pause_state(), pg_last_xact_replay_timestamp()', port);
  for (const end = Date.now() + REPLAYED_WITHIN_MS; Date.now() < end; await sleep(PAUSE_MS)) {
    const answer = await place.ask(ask);
    const [state, last] = answer.stdout.trim().split('|');
    if (answer.exitCode === 0 && state === 'paused') return last ? new Date(last) : undefined;
    if (answer.exitCode === 0) continue;
    const { exitCode: runs } = await place.ask([serverProgram(archive, 'pg_ctl'), 'status', '-D', folder]);
    if (runs !== 0) throw await whyStopped(place, folder);
  }
  throw await whyStopped(place, folder);
}

async function whyStopped(place: Place, folder: string): Promise<Error> {
  const { stdout } = await place.ask(['tail', '-n', '200', `${folder}/recovery.log`]);
  const lines = stdout.split('\n');
  const reasons = lines.filter((line) =>
    /(FATAL|PANIC|ERROR|could not|last completed transaction)/.test(line),
  );
  const said = [
    ...new Set(reasons.map((line) => line.replace(/^.*?(FATAL|PANIC|ERROR|LOG): {2}/, '').trim())),
  ];
  return appError(
    'recovery-stopped',
    409,
    `PostgreSQL stopped before it got there: ${said.slice(-4).join('; ')}.`,
    {
      remedy: `The database that lives was not touched; the whole log is ${folder}/recovery.log.`,
    },
  );
}

/** Rows of each table in the database that lives and in the copy. */
export async function compareCopy(place: Place, archive: Archive, copy: Copy): Promise<TableRows[]> {
  const restored = await countRows(place, archive, copy.port ?? archive.port);
  const living = await countRows(place, archive, archive.port).catch(() => new Map<string, number>());
  return [...new Set([...living.keys(), ...restored.keys()])].sort().map((table) => ({
    table,
    living: living.get(table),
    restored: restored.get(table),
  }));
}

async function countRows(place: Place, archive: Archive, port: number): Promise<Map<string, number>> {
  const lines = (await must(place, query(archive, ROWS, port, archive.database))).trim().split('\n');
  return new Map(
    lines
      .filter((line) => line !== '')
      .map((line) => {
        const [table = '', rows] = line.split('|');
        return [table, Number(rows)];
      }),
  );
}

/** Ends the server of a copy and takes its folder away. */
export async function discardCopy(place: Place, archive: Archive, copy: Copy): Promise<void> {
  await place.ask(stopServer(archive, copy.folder));
  await must(place, ['rm', '-rf', copy.folder]);
}
