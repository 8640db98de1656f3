import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DrillReport, runDrill } from '#features/operations/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import { createContentMeter, openSnapshot } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import { startTestApp } from '#testing/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';

const COMMAND = join(import.meta.dirname, '../dist/server/cli.js');
const DRILL_MS = 900_000;

/** The product, but for a row that is gone after each restore of a newest set. */
const LOSING_A_ROW = `
  import { spawnSync } from 'node:child_process';
  const [, , main, ...words] = process.argv;
  if (words[0] === 'restore' && words.includes('--latest')) {
    const { status } = spawnSync(process.execPath, [main, ...words], { stdio: 'inherit' });
    const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, '../src/platform/database/index.ts'))});
    const database = await openDatabase({ directory: process.env.DATA_DIR + '/postgres' });
    await database.ownerQuery('delete from technologies where id = (select min(id::text)::uuid from technologies)');
    await database.close();
    process.exitCode = status ?? 1;
  } else {
    process.argv.splice(1, 1);
    await import(main);
  }
`;

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

type Files = { files: { json: string; markdown: string; publicKey: string } };

describe.each(['embedded', 'server'] as const)('commandcenter drill on the %s runtime', (runtime) => {
  const skip = runtime === 'server' && !findPostgres();
  let folder: string;
  let postgres: PostgresServer | undefined;
  let env: Record<string, string>;

  function run(argv: string[], more: Record<string, string> = {}): Promise<Ended> {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env, ...more }, maxBuffer: 2 ** 26 };
    const words = ['--disable-warning=ExperimentalWarning', COMMAND, ...argv];
    return new Promise((resolve) => {
      execFile(process.execPath, words, options, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  const drill = async (
    more: Record<string, string> = {},
  ): Promise<Ended & { report: DrillReport & Files }> => {
    const ended = await run(['drill', '--json'], more);
    expect(ended.stdout, ended.stderr).not.toBe('');
    return { ...ended, report: JSON.parse(ended.stdout) };
  };

  /** SHA-256 of each table of the living installation. */
  async function living(): Promise<Record<string, string>> {
    const config = loadConfig(env);
    const snapshot = await openSnapshot(
      config.databaseUrl === undefined
        ? { directory: join(config.dataDir, 'postgres') }
        : { url: config.databaseUrl, settings: config },
    );
    const hashes: Record<string, string> = {};
    for (const table of snapshot.catalog.tables) {
      const meter = createContentMeter();
      for await (const piece of snapshot.read(table)) meter.add(piece);
      hashes[table.name] = meter.result().sha256;
    }
    await snapshot.close();
    return hashes;
  }

  beforeAll(async () => {
    if (skip) return;
    folder = await mkdtemp(join(tmpdir(), 'commandcenter-drill-'));
    const dataDir = join(folder, 'data');
    env = {
      DATA_DIR: dataDir,
      BACKUP_DIR: join(folder, 'sets'),
      BACKUP_OFFSITE: join(folder, 'away'),
      LOG_LEVEL: 'silent',
    };
    await mkdir(join(folder, 'away'));
    await mkdir(dataDir);
    if (runtime === 'server') {
      postgres = await startPostgres();
      await postgres.query('create role product login createdb createrole');
      await postgres.query('create database product owner product');
      env['DATABASE_URL'] = postgres.url('product').replace('owner@', 'product@');
      env['SECRET_KEY'] = '7'.repeat(64);
      env['BACKUP_IDENTITY'] = await generateX25519Identity();
    }
    const app = await startTestApp({
      dataDir,
      env: { DATABASE_URL: '', REDIS_URL: '', BACKUP_SCHEDULE: 'off', ...env },
    });
    for (const name of ['One of these ä \\ \t', 'Another'])
      expect((await app.request('POST', '/technologies', { name, kind: 'tool' })).status).toBe(201);
    // A stored secret, which each restore encrypts with another key; and a job that ran.
    const { database, secrets } = app.platform;
    const project = app.context.projectId;
    await database.ownerQuery(
      `insert into repositories (id, project_id, name, location, location_key, kind, sync_every_minutes, access_token_encrypted)
       values ($1, $2, 'r', 'https://example.com/r', 'r', 'url', 30, $3)`,
      [newId(), project, secrets.encrypt('a token')],
    );
    await database.ownerQuery(
      `insert into jobs (id, project_id, kind, root_id, input, state, heartbeat_at)
       values ($1, $2, 'repositories.sync', $1, '{}', 'running', now())`,
      [newId(), project],
    );
    await app.close();
    for (const step of ['create', 'verify', 'copy']) {
      const { status, stderr } = await run(['backup', step]);
      expect({ status, stderr }).toMatchObject({ status: 0 });
    }
  }, 300_000);

  afterAll(async () => {
    await postgres?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test.skipIf(skip)(
    'plays all three disasters on real processes; everything comes back, and nothing of the living data is touched',
    async () => {
      const before = await living();
      const { status, report, stderr } = await drill();
      const outcomes = report.scenarios.map(({ name, outcome, problem }) => ({ name, outcome, problem }));
      expect(outcomes).toEqual(
        ['corrupted-database', 'lost-host', 'lost-site'].map((name) => ({
          name,
          outcome: 'held',
          problem: null,
        })),
      );
      expect({ status, runtime: report.runtime, outcome: report.outcome }).toEqual({
        status: 0,
        runtime,
        outcome: 'held',
      });
      expect(stderr).toContain('lost-site: restore');
      for (const scenario of report.scenarios) {
        expect(scenario.rtoSeconds).toBeGreaterThan(0);
        // The set is older than the drill.
        expect(scenario.rpoSeconds).toBeGreaterThan(0);
        expect(scenario.tables.length).toBeGreaterThan(20);
        expect(scenario.tables.find(({ name }) => name === 'technologies')).toMatchObject({
          rows: 2,
          equal: true,
        });
        expect(scenario.changes?.lost).toBeGreaterThanOrEqual(5);
        expect(scenario.changes?.lostSeconds).toBeGreaterThan(0);
      }
      expect(report.scenarios.map(({ changes }) => changes?.backedUp)).toEqual([5, 10, 0]);
      expect(report.scenarios[0]?.noticed).toMatch(
        runtime === 'embedded' ? /ended with 69: .*can’t be opened/ : /answered with 5/,
      );
      expect(await living()).toEqual(before);
      const left = (await readdir(join(folder, 'data'))).filter((name) => name.startsWith('drill'));
      expect(left.sort()).toEqual(['drill-key', 'drills']);
      const databases =
        (await postgres?.query("select datname from pg_database where datname like '%drill%'")) ?? [];
      expect(databases).toEqual([]);

      for (const file of [report.files.json, report.files.markdown]) {
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        const checked = await run(['drill', 'verify', file, '--json']);
        expect(checked).toMatchObject({ status: 0 });
        expect(JSON.parse(checked.stdout)).toMatchObject({ intact: true, known: true, id: report.id });
        const forged = join(folder, 'forged');
        await writeFile(
          forged,
          (await readFile(file, 'utf8')).replace('Lost host', 'Host lost').replace('"held"', '"HELD"'),
        );
        const found = await run(['drill', 'verify', forged, '--json']);
        expect(found).toMatchObject({ status: 1 });
        expect(JSON.parse(found.stdout)).toMatchObject({ intact: false });
      }
      const elsewhere = { DATA_DIR: join(folder, 'elsewhere') };
      expect(await run(['drill', 'verify', report.files.json], elsewhere)).toMatchObject({ status: 1 });
      const { publicKey } = report.files;
      expect(await run(['drill', 'verify', report.files.json, '--key', publicKey], elsewhere)).toMatchObject({
        status: 0,
      });
    },
    DRILL_MS,
  );

  test.skipIf(skip || runtime === 'embedded')(
    'without a place for copies a lost host and a lost site are not covered, and the drill says so',
    async () => {
      const { status, report } = await drill({ BACKUP_OFFSITE: '' });
      expect(status).toBe(1);
      expect(report.outcome).toBe('incomplete');
      expect(report.scenarios).toMatchObject([
        { outcome: 'held' },
        { outcome: 'not-covered', problem: expect.stringContaining('BACKUP_OFFSITE') },
        { outcome: 'not-covered', problem: expect.stringContaining('BACKUP_OFFSITE'), rtoSeconds: null },
      ]);
    },
    DRILL_MS,
  );

  test.skipIf(runtime === 'server')(
    'a restore that loses one row is found, and the table is named',
    async () => {
      const product = join(folder, 'losing-a-row.mjs');
      await writeFile(product, LOSING_A_ROW);
      const report = await runDrill({
        config: loadConfig({ ...env, BACKUP_OFFSITE: '' }),
        version: '99.0.0',
        encryptedColumns: [{ table: 'repositories', column: 'access_token_encrypted' }],
        command: [process.execPath, '--disable-warning=ExperimentalWarning', product, COMMAND],
        makeToken: () => Promise.reject(new Error('Only a server needs one.')),
        report: () => {},
        signal: new AbortController().signal,
      });
      expect(report.outcome).toBe('failed');
      expect(report.scenarios[0]).toMatchObject({
        name: 'corrupted-database',
        outcome: 'failed',
        problem: 'These tables are not what was there: technologies.',
      });
      const table = report.scenarios[0]?.tables.find(({ name }) => name === 'technologies');
      expect(table).toMatchObject({ rows: 1, expectedRows: 2, equal: false });
    },
    DRILL_MS,
  );
});
