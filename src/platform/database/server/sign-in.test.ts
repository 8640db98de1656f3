import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launcher } from '#testing/built-server.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';

describe.skipIf(!findPostgres())('signing in to PostgreSQL', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
    await postgres.query("create role guarded login password 'right'");
    const rules = ['host all guarded 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust'];
    await writeFile(join(postgres.folder, 'data/pg_hba.conf'), `${rules.join('\n')}\n`);
    await postgres.query('select pg_reload_conf()');
  }, 60_000);
  afterAll(() => postgres.close());

  test.each([
    ['without the password that is asked for', 'guarded', 'postgres', 'refuses the user or the password'],
    ['with a wrong password', 'guarded:wrong', 'postgres', 'refuses the user or the password'],
    ['as nobody whom it knows', 'stranger', 'postgres', 'refuses the user or the password'],
    ['to a database that is not there', 'owner', 'none', 'has no database of the name'],
  ])(
    '%s ends at once with a sentence',
    async (_how, user, database, sentence) => {
      const child = spawn(launcher, ['migrate'], {
        env: {
          PATH: process.env['PATH'],
          DATABASE_URL: `postgres://${user}@127.0.0.1:${postgres.port}/${database}`,
          SECRET_KEY: '0'.repeat(64),
          DATA_DIR: join(postgres.folder, 'none'),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
        // The server itself ends a sign-in after a minute.
        timeout: 40_000,
      });
      let said = '';
      child.stderr.on('data', (text) => {
        said += text;
      });
      const [status] = await once(child, 'exit');
      expect(said).toContain(sentence);
      expect(said).not.toMatch(/ at |wrong/);
      expect(status).toBe(78);
    },
    60_000,
  );
});
