import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '#platform/errors/index.ts';
import type { Archive } from './archive.ts';
import { type ArchivedBackup, readBackups } from './backups.ts';
import {
  type BackupType,
  checkArchive,
  controlData,
  createStanza,
  listBackups,
  listSegments,
  listStreamed,
  makeBackup,
  query,
  verifyRepository,
} from './commands.ts';
import { must, type Place } from './place.ts';
import { type Holdings, planRecovery, type RecoveryPlan } from './plan.ts';
import { readArchived, readStreamed } from './segments.ts';

const ARCHIVED_WITHIN_MS = 120_000;
const PAUSE_MS = 200;

/** Makes a backup; the first one makes the archive as well and is full whatever is asked for. */
export async function backUp(place: Place, archive: Archive, type: BackupType): Promise<ArchivedBackup> {
  await must(place, createStanza(archive));
  await must(place, makeBackup(archive, type));
  const { backups } = await readHoldings(place, archive);
  const made = backups.at(-1);
  if (!made)
    throw appError('no-physical-backup', 500, 'The backup that was just made is not in the repository.');
  return made;
}

/** Sends a segment to the archive, and compares the checksum of every file in it. Throws what is wrong. */
export async function checkHoldings(place: Place, archive: Archive): Promise<RecoveryPlan> {
  await must(place, checkArchive(archive));
  const said = await must(place, verifyRepository(archive));
  const wrong = said
    .split('\n')
    .filter((line) => /(missing|invalid|invalid checksum|other)[^\d]*: [1-9]/i.test(line));
  if (wrong.length > 0 || !/status: ok/.test(said)) {
    throw appError('repository-damaged', 409, `The repository is damaged: ${describe(said, wrong)}.`, {
      remedy: 'Make a full backup now; what is damaged is of no use until then.',
    });
  }
  return planRecovery(await readHoldings(place, archive), { timeline: await timelineOf(place, archive) });
}

function describe(said: string, wrong: string[]): string {
  return (wrong.length > 0 ? wrong : said.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 5)
    .join('; ');
}

/** What there is to restore from. */
export async function readHoldings(place: Place, archive: Archive): Promise<Holdings> {
  const { archiveId, backups } = readBackups(await must(place, listBackups(archive)), archive.stanza);
  const archived = readArchived(await must(place, listSegments(archive, archiveId)));
  // No such folder: nothing is streamed, and the archive alone counts.
  const { exitCode, stdout } = await place.ask(listStreamed(archive));
  return { backups, archived, streamed: exitCode === 0 ? readStreamed(stdout) : [] };
}

/** Which backup and WAL a restore to `target` (everything, if not given) would use, and what it would leave behind. */
export async function previewRecovery(
  place: Place,
  archive: Archive,
  target?: Date,
  line?: number,
): Promise<RecoveryPlan> {
  await closeSegment(place, archive);
  const timeline = line ?? (await timelineOf(place, archive));
  return planRecovery(await readHoldings(place, archive), { target, timeline });
}

/** The timeline of the data directory; none if it is lost. */
async function timelineOf(place: Place, archive: Archive): Promise<number | undefined> {
  const { exitCode, stdout } = await place.ask(controlData(archive, archive.data));
  const found = /TimeLineID:\s+(\d+)/.exec(stdout)?.[1];
  return exitCode === 0 && found !== undefined ? Number(found) : undefined;
}

/**
 * PostgreSQL stops at the first commit after a time; where there is none, it can't know that it is there. So a server
 * that lives writes one and sends its segment to the archive. One that doesn't live can't, and that is all right.
 */
async function closeSegment(place: Place, archive: Archive): Promise<void> {
  const { exitCode } = await place.ask(query(archive, 'SELECT pg_current_xact_id()'));
  if (exitCode !== 0) return;
  const name = (await must(place, query(archive, 'SELECT pg_walfile_name(pg_switch_wal())'))).trim();
  const ask = `SELECT last_archived_wal >= '${name}', last_failed_wal FROM pg_stat_archiver`;
  for (const end = Date.now() + ARCHIVED_WITHIN_MS; ; await sleep(PAUSE_MS)) {
    const [done, failed] = (await must(place, query(archive, ask))).trim().split('|');
    if (done === 't') return;
    if (Date.now() < end) continue;
    throw appError(
      'archiving-fails',
      409,
      `${name} did not get into the archive in ${ARCHIVED_WITHIN_MS / 1000} s${failed ? `; ${failed} failed before` : ''}.`,
      {
        remedy: "PostgreSQL's log says why; until then nothing newer can be restored to.",
      },
    );
  }
}
