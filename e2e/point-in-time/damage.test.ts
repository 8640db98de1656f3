import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restoreBackup } from '#features/operations/point-in-time/commands.ts';
import {
  backUp,
  checkHoldings,
  type Place,
  previewRecovery,
  recoverBeside,
} from '#features/operations/point-in-time/index.ts';
import { must } from '#features/operations/point-in-time/place.ts';
import type { RecoveryPlan } from '#features/operations/point-in-time/plan.ts';
import { freePort } from '#testing/postgres-server.ts';
import { type ArchivedServer, startArchived } from './archived-server.ts';
import { canArchive } from './programs.ts';

describe.skipIf(!canArchive)('an archive that is damaged', () => {
  let archived: ArchivedServer;
  let target: Date;
  let plan: RecoveryPlan;

  beforeAll(async () => {
    archived = await startArchived();
    const { server, place, archive } = archived;
    await backUp(place, archive, 'full');
    await server.query('CREATE TABLE things (id int)');
    for (let n = 0; n < 4; n += 1) {
      await server.query(`INSERT INTO things VALUES (${n})`);
      await server.query('SELECT pg_switch_wal()');
    }
    // Waits until all of it is in the archive, which a busy machine is slow at.
    await previewRecovery(place, archive);
    await sleep(1100);
    target = new Date();
    plan = await previewRecovery(place, archive, target);
    expect(plan.segments).toBeGreaterThan(4);
  });
  afterAll(() => archived?.close());

  /** The files of the repository whose path matches. */
  const filesOf = (what: RegExp): string[] =>
    readdirSync(archived.folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.startsWith('repository/') && what.test(path))
      .map((path) => join(archived.folder, path))
      .sort();

  /** Does something to a file while `work` runs. */
  async function damaging(path: string, damage: (content: Buffer) => Buffer, work: () => Promise<void>) {
    const content = readFileSync(path);
    writeFileSync(path, damage(Buffer.from(content)));
    await work().finally(() => writeFileSync(path, content));
  }
  const flipBit = (content: Buffer): Buffer => {
    const middle = Math.floor(content.length / 2);
    content[middle] = (content[middle] ?? 0) ^ 1;
    return content;
  };
  const recover = async (id: string) =>
    recoverBeside(archived.place, archived.archive, plan, { id, port: await freePort() });

  test('a WAL file that is missing is named before anything is begun', async () => {
    const [, , missing = ''] = filesOf(/\/[0-9A-F]{24}-[0-9a-f]{40}\.zst$/);
    renameSync(missing, `${missing}.aside`);
    renameSync(`${missing}.aside`, join(archived.folder, 'aside'));
    await expect(previewRecovery(archived.place, archived.archive, target)).rejects.toMatchObject({
      code: 'wal-missing',
      message: expect.stringContaining(missing.slice(-69, -45)),
    });
    // Even if nobody had looked: PostgreSQL does not open a database that is older than what was asked for.
    await expect(recover('missing')).rejects.toMatchObject({
      code: 'recovery-stopped',
      message: expect.stringMatching(/recovery ended before configured recovery target was reached/),
    });
    renameSync(join(archived.folder, 'aside'), missing);
  });

  test('a bit that flipped in a WAL file is found by the check, and stops a restore that comes upon it', async () => {
    const [, , segment = ''] = filesOf(/\/[0-9A-F]{24}-[0-9a-f]{40}\.zst$/);
    await damaging(segment, flipBit, async () => {
      await expect(checkHoldings(archived.place, archived.archive)).rejects.toMatchObject({
        code: expect.stringMatching(/repository-damaged|recovery-refused/),
        message: expect.stringMatching(/invalid: 1|other: 1|checksum|unable to flush|CryptoError/i),
      });
      await expect(recover('flipped')).rejects.toMatchObject({
        code: 'recovery-stopped',
        message: expect.stringMatching(/could not restore file|terminating|recovery ended before/),
      });
    });
  });

  test('a backup of which a part is cut off is found by the check, and is not restored', async () => {
    const [bundle = ''] = filesOf(/\/backup\/.*F\/bundle\/\d+$/);
    const cut = (content: Buffer): Buffer => content.subarray(0, Math.floor(content.length / 2));
    await damaging(bundle, cut, async () => {
      await expect(checkHoldings(archived.place, archived.archive)).rejects.toMatchObject({
        message: expect.stringMatching(/invalid: [1-9]|other: [1-9]|missing: [1-9]|unexpected eof/i),
      });
      await expect(recover('cut')).rejects.toMatchObject({ code: 'recovery-refused' });
    });
  });

  test('with another password nothing is read, and it says so', async () => {
    const wrong = join(archived.folder, 'another-password');
    writeFileSync(wrong, 'another\n', { mode: 0o644 });
    const ask: Place['ask'] = (argv) =>
      archived.place.ask(['env', `BACKUP_REPOSITORY_PASSWORD_FILE=${wrong}`, ...argv]);
    const work = { into: join(archived.folder, 'wrong'), backup: plan.backup.label, timeline: 1, target };
    await must(archived.place, ['mkdir', '-m', '0700', work.into]);
    await expect(
      must({ ...archived.place, ask }, restoreBackup(archived.archive, work)),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/the password of the repository is another one/),
    });
  });

  test('an archive that can no longer be written to is noticed by the check', async () => {
    const { server, place, archive } = archived;
    await server.query("ALTER SYSTEM SET archive_command = 'false'");
    await server.query('SELECT pg_reload_conf()');
    const hasty: Place = {
      ...place,
      ask: ([program = '', ...args]) => place.ask([program, ...withTimeout(program, args)]),
    };
    await expect(checkHoldings(hasty, archive)).rejects.toMatchObject({
      code: 'recovery-refused',
      message: expect.stringMatching(/archive/i),
    });
  });
});

/** pgBackRest waits a minute for a segment; a second is enough where none will come. */
function withTimeout(program: string, args: string[]): string[] {
  return program.endsWith('sealed-pgbackrest') && args.includes('check')
    ? ['--archive-timeout=1', ...args]
    : args;
}
