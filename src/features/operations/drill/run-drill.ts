import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity } from 'age-encryption';
import type { Config } from '#platform/config/index.ts';
import { lockDataDirectory } from '#platform/database/index.ts';
import { AppError, appError, safeMessage } from '#platform/errors/index.ts';
import type { EncryptedColumn } from '#platform/secrets/index.ts';
import { backupFolder, findSet, identitiesOf, type OpenSet, openSet } from '../backup/index.ts';
import { newSetName } from '../backup/set-folder.ts';
import { type DrillReport, emptyScenario, OBJECTIVES, outcomeOf, type ScenarioReport } from './report.ts';
import { drillsFolder } from './reports.ts';
import { type Drill, playCorruptedDatabase, playLostHost, playLostSite } from './scenarios.ts';
import {
  createInstallation,
  type DrillPlace,
  dropDatabases,
  type ScratchInstallation,
} from './scratch-installation.ts';
import { findSurvivors } from './survivors.ts';

export interface DrillInput {
  config: Config;
  /** Of the product. */
  version: string;
  /** Columns that a restore encrypts anew. */
  encryptedColumns: readonly EncryptedColumn[];
  /** How a process of the product is started: the program and its first arguments. */
  command: readonly string[];
  makeToken: DrillPlace['makeToken'];
  /** Where the installations of the drill are made; DATA_DIR if not given. */
  scratch?: string | undefined;
  report(step: string, done: number, total: number): void;
  signal: AbortSignal;
}

const SCRATCH = 'drill-';
/** A drill does not take longer; what is older was left by one that was killed. */
const LEFT_OVER_MS = 24 * 3_600_000;
/** Data, what a restore puts aside, a second place and the sets, in multiples of what a set unpacks to. */
const ROOM = 6;
const EMBEDDED_BYTES = 400_000_000;

const PLAYS = [
  ['corrupted-database', playCorruptedDatabase],
  ['lost-host', playLostHost],
  ['lost-site', playLostSite],
] as const;

/**
 * Plays the disasters on installations of their own, made from the newest set; reads the living one's sets and
 * settings, and touches nothing of it. Throws AppError `backup-missing` if there is no set, `drill-running` or
 * `drill-no-space`; what goes wrong in a disaster stands in the report.
 */
export async function runDrill(input: DrillInput): Promise<DrillReport> {
  const { config } = input;
  const lock = await lockDrills(drillsFolder(config.dataDir));
  const parent = input.scratch ?? config.dataDir;
  try {
    const startedAt = new Date();
    const set = await openSet(await findSet(backupFolder(config)), identitiesOf(config));
    await removeLeftOvers(parent, config);
    await requireRoom(parent, set, config);
    const run = randomBytes(4).toString('hex');
    const place = await openScratch(input, parent, run);
    try {
      const scenarios = await playAll(input, { run, place, set });
      return writeReport(input, { set, scenarios, startedAt });
    } finally {
      await rm(place.folder, { recursive: true, force: true });
      await dropAll(config, run);
    }
  } finally {
    await lock.release();
  }
}

async function playAll(
  input: DrillInput,
  { run, place, set }: Pick<Drill, 'run' | 'place' | 'set'>,
): Promise<ScenarioReport[]> {
  const survivors = await findSurvivors(input.config, input.signal);
  const changed = { encryptedColumns: input.encryptedColumns };
  const scenarios: ScenarioReport[] = [];
  let alive: ScratchInstallation | undefined;
  let made = 0;
  try {
    for (const [at, [name, play]] of PLAYS.entries()) {
      input.signal.throwIfAborted();
      const report = (step: string): void => input.report(`${name}: ${step}`, at, PLAYS.length);
      const drill: Drill = { run, place, set, survivors, input, changed, report };
      try {
        report('an installation');
        alive ??= await settle(drill, `life${++made}`);
        const played = await play(drill, alive);
        scenarios.push(played.scenario);
        alive = played.alive;
      } catch (error) {
        input.signal.throwIfAborted();
        scenarios.push({ ...emptyScenario(name), problem: sentenceOf(error) });
        await alive?.destroy();
        alive = undefined;
      }
    }
    return scenarios;
  } finally {
    await alive?.kill();
  }
}

/** An installation that serves what the set holds, with a place elsewhere for its copies. */
async function settle({ place, set, input }: Drill, name: string): Promise<ScratchInstallation> {
  const elsewhere = join(place.folder, 'elsewhere');
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  const identity = identitiesOf(input.config).join('\n') || (await generateX25519Identity());
  const settings = { BACKUP_OFFSITE: elsewhere };
  const installation = await createInstallation(place, name, { identity, settings });
  try {
    await installation.run('restore', set.folder, '--yes', '--no-safety-copy', '--json');
    await installation.start();
    return installation;
  } catch (error) {
    await installation.destroy();
    throw error;
  }
}

function writeReport(
  { config, version }: DrillInput,
  { set, scenarios, startedAt }: { set: OpenSet; scenarios: ScenarioReport[]; startedAt: Date },
): DrillReport {
  const runtime = config.databaseUrl === undefined ? 'embedded' : 'server';
  return {
    format: 'commandcenter-drill',
    formatVersion: 1,
    id: newSetName(startedAt),
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    version,
    runtime,
    set: {
      name: set.name,
      takenAt: set.takenAt,
      rows: set.tables.reduce((sum, { rows }) => sum + rows, 0),
      bytes: set.bytes,
    },
    objectives: OBJECTIVES,
    outcome: outcomeOf(scenarios),
    scenarios,
    notShown: [
      'Installing the product, Docker and certificates on another host, and the change of names that lead to it.',
      ...(runtime === 'server'
        ? ['Another PostgreSQL: the databases of the drill were on the same server, under its roles.']
        : []),
      'Redis, which nothing needs; the search index and mirrors, which are made again afterwards.',
      'The archive of PostgreSQL, where there is one: less is lost with it.',
    ],
  };
}

/** What a person can act on; of other errors their first line, because a report is for who looks after it all. */
function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return [error.message, error.remedy].filter(Boolean).join(' ');
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : safeMessage(error);
}

async function lockDrills(folder: string): ReturnType<typeof lockDataDirectory> {
  try {
    return await lockDataDirectory(folder);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'data-directory-in-use') throw error;
    throw appError('drill-running', 409, 'Another drill is under way.', {
      remedy: 'Wait until it has ended.',
      cause: error,
    });
  }
}

async function openScratch(input: DrillInput, parent: string, run: string): Promise<DrillPlace> {
  const folder = join(parent, `${SCRATCH}${run}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { command, makeToken, signal, config } = input;
  return {
    command,
    folder,
    databaseUrl: (name) =>
      config.databaseUrl === undefined ? undefined : otherDatabase(config.databaseUrl, run, name),
    makeToken,
    signal,
  };
}

/** PostgreSQL takes 63 bytes, of which a restore needs some for what it makes beside it. */
function otherDatabase(url: string, run: string, name: string): string {
  const other = new URL(url);
  const own = decodeURIComponent(other.pathname.slice(1)).slice(0, 25);
  other.pathname = `/${encodeURIComponent(`${own}_drill_${run}${name === '' ? '' : `_${name}`}`)}`;
  return other.href;
}

async function dropAll({ databaseUrl }: Config, run: string): Promise<void> {
  if (databaseUrl !== undefined) await dropDatabases(otherDatabase(databaseUrl, run, ''));
}

async function removeLeftOvers(parent: string, config: Config): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!/^drill-[0-9a-f]{8}$/.test(name)) continue;
    const path = join(parent, name);
    if (Date.now() - (await stat(path)).mtimeMs < LEFT_OVER_MS) continue;
    await rm(path, { recursive: true, force: true });
    await dropAll(config, name.slice(SCRATCH.length));
  }
}

async function requireRoom(folder: string, set: OpenSet, { databaseUrl }: Config): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = set.bytes * ROOM + (databaseUrl === undefined ? EMBEDDED_BYTES : 0);
  if (bavail * bsize >= needed) return;
  const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
  throw appError(
    'drill-no-space',
    507,
    `${folder} has ${megabytes(bavail * bsize)} MB free, and a drill may need ${megabytes(needed)} MB.`,
    { remedy: 'Make room, or name a folder on another disk with --scratch.' },
  );
}
