import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { findPostgres, hasRedis, healthOf, install, partOf, signIn, told, until } from './installation.ts';
import { expectNothingLost, startLoad } from './load.ts';

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const possible = findPostgres() !== undefined && hasRedis() && existsSync(LIBRARY);

// Skipped where PostgreSQL, Redis or libfaketime are not installed; CI has them.
describe.skipIf(!possible)('the clock of a server', () => {
  test('jumps an hour ahead and back: no request fails and no login is lost', async () => {
    const installation = await install();
    try {
      const file = join(installation.folder, 'clock');
      await writeFile(file, '+0');
      const server = await installation.serve(
        {
          LD_PRELOAD: LIBRARY,
          FAKETIME_TIMESTAMP_FILE: file,
          FAKETIME_CACHE_DURATION: '1',
          // Time that only passes, such as that of timers, is not what jumps.
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        },
        ['--with-worker'],
      );
      const people = await signIn(installation, server);
      /** How far ahead the server believes to be, in minutes. */
      const ahead = async (): Promise<number> => {
        const checkedAt = (partOf(await healthOf(server), 'database') as unknown as { checkedAt: string })
          .checkedAt;
        return Math.round((Date.parse(checkedAt) - Date.now()) / 60_000);
      };
      const load = startLoad(server, people);
      for (const [offset, minutes] of [
        ['+1h', 60],
        ['-1h', -60],
        ['+0', 0],
      ] as const) {
        await writeFile(file, offset);
        await until(`the clock stands at ${offset}`, async () => (await ahead()) === minutes, server);
        await sleep(1000);
      }
      const report = await load.stop();
      expect(report.failures).toEqual({});
      expect(report.writes.sent).toBeGreaterThan(10);
      await expectNothingLost(installation, server, people, report);
      await told('all is well', server, ({ status }) => status === 'ok');
    } finally {
      await installation.close();
    }
  }, 90_000);
});
