import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import {
  type EmbeddedOptions,
  openDatabase,
  openSnapshot,
  type ServerOptions,
} from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import { installQueue } from '#platform/jobs/index.ts';
import { createSecrets } from '#platform/secrets/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';
import { templateFolder } from '../../../app/template.ts';
import { createSet, identitiesOf, type OpenSet, openSet } from '../backup/index.ts';
import { hashTables } from './fixtures/hash-tables.ts';
import { finishFolderSwap } from './folders.ts';
import { type RestoreState, readJournal, STEPS } from './journal.ts';
import { forgetKept, type RestoreResult, restoreSet, resumeRestore, undoSetRestore } from './restore.ts';

const CHILD = join(import.meta.dirname, 'fixtures/restore-and-die.ts');
const [PRESENT_KEY, EARLIER_KEY] = ['a'.repeat(64), 'b'.repeat(64)];
const product = {
  version: '99.0.0',
  encryptedColumns: [{ table: 'repositories', column: 'access_token_encrypted' }],
  prepareQueue: installQueue,
};

/** Steps that touch nothing that lives, and those that exchange the two states. */
const BESIDE = STEPS.slice(0, STEPS.indexOf('aside'));
const SWAP = STEPS.slice(STEPS.indexOf('aside'));

interface Outcome {
  signal: string | null;
  result: RestoreResult | null;
  stderr: string;
}

describe.each(['embedded', 'server'] as const)('on the %s runtime', (runtime) => {
  const skip = runtime === 'server' && !findPostgres();
  let folder: string;
  let postgres: PostgresServer | undefined;
  let env: Record<string, string>;
  let live: EmbeddedOptions | ServerOptions;
  let oldState: Record<string, string>;
  let setState: Record<string, string>;
  let setFolder: string;
  const set = (): Promise<OpenSet> => openSet(setFolder, identitiesOf(config()));
  const config = (): ReturnType<typeof loadConfig> => loadConfig(env);

  /** Runs a restore or an undo in a process of its own. */
  const child = (kind: 'restore' | 'undo', killAt = ''): Promise<Outcome> =>
    new Promise((resolve) => {
      // As in vitest.config.ts: the optimizing compiler costs each child more than it gets back.
      const args = [
        '--disable-warning=ExperimentalWarning',
        '--liftoff-only',
        CHILD,
        kind,
        setFolder,
        killAt,
      ];
      const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 120_000 };
      execFile(process.execPath, args, options, (error, stdout, stderr) => {
        resolve({ signal: error?.signal ?? null, result: stdout === '' ? null : JSON.parse(stdout), stderr });
      });
    });

  async function change(
    work: (query: (text: string, values?: unknown[]) => Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const database = await openDatabase('directory' in live ? { ...live, template: templateFolder } : live);
    try {
      await installQueue(database);
      await work((text, values) => database.ownerQuery(text, values));
    } finally {
      await database.close();
    }
  }

  beforeAll(async () => {
    if (skip) return;
    folder = await mkdtemp(join(tmpdir(), 'commandcenter-restore-'));
    const dataDir = join(folder, 'data');
    env = { DATA_DIR: dataDir, LOG_LEVEL: 'silent', SECRET_KEY: PRESENT_KEY };
    if (runtime === 'server') {
      postgres = await startPostgres({ settings: { fsync: 'on' } });
      await postgres.query('create role product login createdb createrole');
      await postgres.query('create database product owner product');
      env['DATABASE_URL'] = postgres.url('product').replace('owner@', 'product@');
    }
    live = env['DATABASE_URL']
      ? { url: env['DATABASE_URL'], settings: config() }
      : { directory: join(dataDir, 'postgres') };
    const project = newId();
    const token = createSecrets(dataDir, EARLIER_KEY).encrypt('token of a repository');
    await change(async (query) => {
      await query("insert into projects (id, slug, name) values ($1, 'one', 'In the set ä \\ \t')", [
        project,
      ]);
      await query(
        `insert into repositories (id, project_id, name, location, location_key, kind, sync_every_minutes, access_token_encrypted)
         values ($1, $2, 'r', 'https://example.com/r', 'r', 'url', 30, $3)`,
        [newId(), project, token],
      );
    });
    setState = await hashTables(live);
    const identity = await generateX25519Identity();
    env = { ...env, BACKUP_RECIPIENTS: await identityToRecipient(identity), BACKUP_IDENTITY: identity };
    const made = await createSet({
      config: loadConfig({ ...env, SECRET_KEY: EARLIER_KEY }),
      version: '0.1.0',
      takeSnapshot: () => openSnapshot(live),
    });
    setFolder = made.folder;
    await change(async (query) => {
      await query('delete from repositories');
      for (let n = 0; n < 50; n++) {
        await query("insert into projects (id, slug, name) values ($1, $2, 'Made since')", [
          newId(),
          `later-${n}`,
        ]);
      }
    });
    oldState = await hashTables(live);
  }, 120_000);

  afterAll(async () => {
    await postgres?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Which contents are restored with another key are encrypted anew and differ by that. */
  const without = ({ repositories: _, ...rest }: Record<string, string>): Record<string, string> => rest;

  async function goesOnAndIsUndone(): Promise<void> {
    const restored = (await resumeRestore(config())) ?? (await child('restore')).result;
    expect(restored).toMatchObject({ kind: 'restore', set: basename(setFolder) });
    expect(without(await hashTables(live))).toEqual(without(setState));
    const undone = await undoSetRestore(config());
    expect(undone.seconds).toBeLessThan(10);
    expect(await hashTables(live)).toEqual(oldState);
  }

  test.skipIf(skip)(
    'a kill -9 at each step beside the living data leaves the old state whole, and what was left by it hinders nothing',
    async () => {
      for (const step of BESIDE) {
        expect(await child('restore', step), step).toMatchObject({ signal: 'SIGKILL', result: null });
        expect(await hashTables(live), step).toEqual(oldState);
      }
      await goesOnAndIsUndone();
    },
    180_000,
  );

  test.skipIf(skip).each(SWAP)(
    'a kill -9 at "%s" leaves a state whole, restore goes on, and undo brings back every byte',
    async (step) => {
      const killed = await child('restore', step);
      expect(killed).toMatchObject({ signal: 'SIGKILL', result: null });
      if (step === 'record') {
        // The new state is in its place; all that is missing is the note of it.
        expect(without(await hashTables(live))).toEqual(without(setState));
      } else if (runtime === 'embedded' && step === 'place') {
        const { operation } = (await readJournal(config().dataDir)) as RestoreState;
        const aside = join(config().dataDir, operation?.outgoing ?? '');
        expect(existsSync(join(config().dataDir, 'postgres'))).toBe(false);
        expect(await hashTables({ directory: aside })).toEqual(oldState);
      } else {
        expect(await hashTables(live)).toEqual(oldState);
      }
      await goesOnAndIsUndone();
    },
    180_000,
  );

  test.skipIf(skip).each(SWAP)(
    'an undo that is killed at "%s" is finished by the next command',
    async (step) => {
      await restoreSet(config(), await set(), { product });
      expect(await child('undo', step)).toMatchObject({ signal: 'SIGKILL' });
      expect(await resumeRestore(config())).toMatchObject({ kind: 'undo', resumed: true });
      expect(await hashTables(live)).toEqual(oldState);
    },
    180_000,
  );

  test.skipIf(runtime === 'server')(
    'a start finishes what was broken off between two renames',
    async () => {
      await child('restore', 'place');
      await finishFolderSwap(config().dataDir);
      expect(without(await hashTables(live))).toEqual(without(setState));
      await resumeRestore(config());
      await undoSetRestore(config());
      expect(await hashTables(live)).toEqual(oldState);
    },
    120_000,
  );

  test.skipIf(skip)(
    'secrets of a set are readable with the living key, and forgetting leaves nothing behind',
    async () => {
      await restoreSet(config(), await set(), { product });
      let stored = '';
      await change(async (query) => {
        const { rows } = (await query('select access_token_encrypted as token from repositories')) as {
          rows: { token: string }[];
        };
        stored = rows[0]?.token ?? '';
      });
      expect(createSecrets(config().dataDir, PRESENT_KEY).decrypt(stored)).toBe('token of a repository');
      expect(await forgetKept(config())).toContain('before');
      expect(await forgetKept(config())).toBeNull();
      await expect(undoSetRestore(config())).rejects.toMatchObject({ code: 'nothing-kept' });
      const left = postgres
        ? (await postgres.query('select datname from pg_database')).map(({ datname }) => String(datname))
        : await readdir(config().dataDir);
      expect(left.filter((name) => /restore[-_]|before/.test(name))).toEqual([]);
    },
    120_000,
  );

  test.skipIf(skip)(
    'a set with another row than it says, or of a newer version, changes nothing',
    async () => {
      const before = await hashTables(live);
      const sound = await set();
      const wrong = { ...sound, tables: sound.tables.map((table) => ({ ...table, rows: table.rows + 1 })) };
      await expect(restoreSet(config(), wrong, { product })).rejects.toMatchObject({
        code: 'backup-part-damaged',
      });
      const newer = { ...sound, version: '100.0.0' };
      await expect(restoreSet(config(), newer, { product })).rejects.toMatchObject({ code: 'set-newer' });
      const huge = { ...sound, bytes: Number.MAX_SAFE_INTEGER / 4 };
      await expect(restoreSet(config(), huge, { product })).rejects.toMatchObject({ code: 'disk-full' });
      expect(await hashTables(live)).toEqual(before);
    },
    120_000,
  );

  test.skipIf(skip)(
    'a living database that is damaged, or is not there, is no hindrance',
    async () => {
      if (postgres) {
        const [row] = await postgres.query("select oid::int from pg_database where datname = 'product'");
        await rm(join(postgres.folder, 'data/base', String(row?.['oid']), 'pg_filenode.map'));
        await expect(postgres.query('select 1', 'product')).rejects.toThrow('pg_filenode.map');
      } else await rm(join(config().dataDir, 'postgres/global/pg_control'));
      expect(await restoreSet(config(), await set(), { product })).toMatchObject({ kind: 'restore' });
      expect(without(await hashTables(live))).toEqual(without(setState));
      if (postgres) await postgres.query('drop database product');
      else await rm(join(config().dataDir, 'postgres'), { recursive: true });
      await restoreSet(config(), await set(), { product });
      expect(without(await hashTables(live))).toEqual(without(setState));
    },
    120_000,
  );
});
