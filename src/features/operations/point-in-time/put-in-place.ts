import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '#platform/errors/index.ts';
import type { Archive } from './archive.ts';
import { query, stopServer } from './commands.ts';
import { must, type Place } from './place.ts';
import type { Copy } from './recover.ts';

const OPENED_WITHIN_MS = 30 * 60_000;
const PAUSE_MS = 100;

/** Makes a copy the database; what was it stays beside, for `undoRestore`, and its folder is returned. */
export async function putInPlace(place: Place, archive: Archive, copy: Copy): Promise<string | undefined> {
  const { data } = archive;
  const kept = `${data}-before-${copy.id}`;
  await place.ask(stopServer(archive, copy.folder));
  // It replays to the same place once more, and then opens: on a timeline of its own, which the archive gets to know.
  await must(place, [
    'sh',
    '-c',
    `echo "recovery_target_action = 'promote'" >>"$1/postgresql.auto.conf"`,
    'sh',
    copy.folder,
  ]);
  await place.stop();
  const replaced = await exchange(place, data, kept, copy.folder);
  try {
    await place.start();
    await untilOpen(place, archive);
  } catch (cause) {
    await place.stop();
    if (!replaced) throw cause;
    await exchange(place, data, copy.folder, kept);
    await place.start();
    throw appError(
      'restore-not-started',
      500,
      'The restored database did not start; the one before is back.',
      {
        cause,
        remedy: `What was restored is in ${copy.folder}.`,
      },
    );
  }
  return replaced ? kept : undefined;
}

/** Puts the database back that was there before the last restore; what was restored stays beside it. */
export async function undoRestore(place: Place, archive: Archive): Promise<{ kept: string }> {
  const { data } = archive;
  const { stdout } = await place.ask(['sh', '-c', 'ls -d "$1"-before-*', 'sh', data]);
  const before = stdout.trim().split('\n').sort().at(-1);
  if (!before) {
    throw appError('nothing-to-undo', 409, `There is no database from before a restore beside ${data}.`, {
      remedy: 'It may have been removed, or the restore was undone already.',
    });
  }
  const kept = before.replace('-before-', '-undone-');
  await place.stop();
  await exchange(place, data, kept, before);
  await place.start();
  return { kept };
}

/** `data` becomes `aside`, if it is there, and `next` becomes `data`; says whether it was there. After a crash between the two it goes on. */
async function exchange(place: Place, data: string, aside: string, next: string): Promise<boolean> {
  const { exitCode } = await place.ask(['test', '-e', data]);
  if (exitCode === 0) await must(place, ['mv', '-T', data, aside]);
  await must(place, ['mv', '-T', next, data]);
  await must(place, ['sync', '-f', data]);
  return exitCode === 0;
}

async function untilOpen(place: Place, archive: Archive): Promise<void> {
  const ask = query(archive, 'SELECT pg_is_in_recovery()');
  for (const end = Date.now() + OPENED_WITHIN_MS; Date.now() < end; await sleep(PAUSE_MS)) {
    const { exitCode, stdout } = await place.ask(ask);
    if (exitCode === 0 && stdout.trim() === 'f') return;
  }
  throw appError('restore-not-started', 500, 'The restored database did not open in time.');
}
