import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  backUp,
  previewRecovery,
  putInPlace,
  recoverBeside,
} from '#features/operations/point-in-time/index.ts';
import { freePort } from '#testing/postgres-server.ts';
import { type ArchivedServer, startArchived } from './archived-server.ts';
import { canArchive } from './programs.ts';
import { startWriter, type Writer } from './writer.ts';

/** What ships has 60 s; here it is shorter so that the test is, unless it is given. */
const ARCHIVE_SECONDS = Number(process.env['ARCHIVE_SECONDS'] ?? 5);
const STREAMING_SECONDS = 5;
/** What a busy machine takes for the last segment that was begun. */
const ARCHIVED_WITHIN = 10;
const STREAM_WAL = join(import.meta.dirname, '../../deploy/backup/stream-wal');

describe.skipIf(!canArchive)('a server that is killed while it writes, and its disk destroyed', () => {
  let archived: ArchivedServer;
  let stream: ReturnType<typeof spawn>;
  let writer: Writer;

  beforeAll(async () => {
    archived = await startArchived({ archive_timeout: String(ARCHIVE_SECONDS) });
    const { server, place, archive, account, folder } = archived;
    await backUp(place, archive, 'full');
    const settings = [`host=${archive.socket}`, `port=${archive.port}`, `user=${archive.user}`];
    stream = spawn(STREAM_WAL, [archive.streamed, ...settings], {
      ...account,
      cwd: folder,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, PATH: `${archive.programs}:${process.env['PATH']}` },
    });
    writer = await startWriter(server.url(), 20);
    await until(() => readdirSync(archive.streamed).length > 0);
    await writer.until(1);
    // Long enough that segments were archived, and killed at any moment of the next one.
    await sleep(ARCHIVE_SECONDS * 1500 + Math.random() * ARCHIVE_SECONDS * 1000);
    await server.kill();
    rmSync(archive.data, { recursive: true, force: true });
    await writer.stop();
    endGroup(stream.pid);
  });
  afterAll(async () => {
    endGroup(stream?.pid);
    await archived?.close();
  });

  /** Brings back all there is and says how many seconds of acknowledged commits are lost. */
  async function lossWith(streamed: string, id: string): Promise<{ seconds: number; rows: number }> {
    const { place, server } = archived;
    const archive = { ...archived.archive, streamed };
    await server.kill();
    rmSync(archive.data, { recursive: true, force: true });
    const plan = await previewRecovery(place, archive, undefined, 1);
    const copy = await recoverBeside(place, archive, plan, { id, port: await freePort() });
    await putInPlace(place, archive, copy);
    const [found] = await server.query('SELECT count(*)::int AS rows, max(id) AS last FROM numbered');
    // No hole: the rows that are there are the first ones.
    expect(found?.['rows']).toBe(found?.['last']);
    const rows = Number(found?.['rows']);
    const lost = writer.acknowledged.filter(({ id: one }) => one > rows);
    const seconds =
      lost.length === 0 ? 0 : ((lost.at(-1)?.at ?? 0) - (writer.acknowledged[rows - 1]?.at ?? 0)) / 1000;
    return { seconds, rows };
  }

  test('loses no more than one archive_timeout by the archive, and no more than 5 s with streaming', async () => {
    const nothing = join(archived.folder, 'nothing');
    mkdirSync(nothing);
    const alone = await lossWith(nothing, 'alone');
    const streaming = await lossWith(archived.archive.streamed, 'streaming');
    process.stdout.write(
      `RPO: archive alone ${alone.seconds.toFixed(2)} s (archive_timeout ${ARCHIVE_SECONDS} s), ` +
        `with streaming ${streaming.seconds.toFixed(2)} s, of ${writer.acknowledged.length} commits\n`,
    );
    expect(alone.rows).toBeGreaterThan(0);
    expect(alone.seconds).toBeLessThanOrEqual(ARCHIVE_SECONDS + ARCHIVED_WITHIN);
    expect(streaming.seconds).toBeLessThanOrEqual(STREAMING_SECONDS);
    expect(streaming.rows).toBeGreaterThan(alone.rows);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !isSo(); await sleep(50)) {
    if (Date.now() > end) throw new Error('WAL was not streamed.');
  }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
