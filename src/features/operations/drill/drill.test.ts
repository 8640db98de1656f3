import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import type { OpenSet } from '../backup/index.ts';
import { type Contents, compareContents, readContentsOfSet } from './contents.ts';
import { sampleReport } from './fixtures/report.ts';
import { emptyScenario, judge, OBJECTIVES, outcomeOf, type ScenarioReport } from './report.ts';
import { checkReport, drillsFolder, keepReport, listReports, readReport } from './reports.ts';
import { ownPublicKey } from './sign.ts';
import { afterLossOfHost, findSurvivors } from './survivors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-drill-unit-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const equal = { name: 'users', rows: 1, expectedRows: 1, sha256: 'a', expectedSha256: 'a', equal: true };
const sound: ScenarioReport = {
  ...emptyScenario('lost-host'),
  rtoSeconds: 12,
  rpoSeconds: 3600,
  changes: { backedUp: 5, cameBack: 5, lost: 6, lostSeconds: 2 },
  tables: [equal],
};

describe('a scenario', () => {
  test('holds when all tables are equal, all changes are back and both objectives are kept', () => {
    expect(judge(sound)).toMatchObject({ outcome: 'held', problem: null });
  });

  test.each<[what: string, change: Partial<ScenarioReport>, says: string]>([
    ['a table differs', { tables: [equal, { ...equal, name: 'jobs', equal: false }] }, 'jobs'],
    ['nothing was compared', { tables: [] }, 'No table'],
    ['a change is missing', { changes: { backedUp: 5, cameBack: 4, lost: 0, lostSeconds: 0 } }, '4 of 5'],
    ['it took too long', { rtoSeconds: OBJECTIVES.rtoSeconds + 1 }, '30 minutes'],
    ['too much would be lost', { rpoSeconds: OBJECTIVES.rpoSeconds + 1 }, '24 hours'],
    ['nothing was measured', { rtoSeconds: null }, '30 minutes'],
  ])('fails when %s, and says so', (_, change, says) => {
    expect(judge({ ...sound, ...change })).toMatchObject({
      outcome: 'failed',
      problem: expect.stringContaining(says),
    });
  });

  test('one that fails is told before one that is not covered', () => {
    const of = (outcome: ScenarioReport['outcome']) => ({ ...sound, outcome });
    expect(outcomeOf([of('held'), of('held')])).toBe('held');
    expect(outcomeOf([of('held'), of('not-covered')])).toBe('incomplete');
    expect(outcomeOf([of('failed'), of('not-covered')])).toBe('failed');
  });
});

describe('contents', () => {
  const table = { name: 'users', columns: ['id', 'name'], rows: 2, sha256: 'x' };
  const contents = (change: Partial<Contents> = {}): Contents => ({
    tables: [table],
    marks: [],
    migrations: ['one'],
    ...change,
  });
  const wrong = (found: Contents, expected = contents()): string[] =>
    compareContents(expected, found).flatMap(({ name, equal: same }) => (same ? [] : [name]));

  test('differ by a row, a byte, a column, a missing table and one that was not there', () => {
    expect(wrong(contents())).toEqual([]);
    expect(wrong(contents({ tables: [{ ...table, rows: 3 }] }))).toEqual(['users']);
    expect(wrong(contents({ tables: [{ ...table, sha256: 'y' }] }))).toEqual(['users']);
    expect(wrong(contents({ tables: [{ ...table, columns: ['id'] }] }))).toEqual(['users']);
    expect(wrong(contents({ tables: [] }))).toEqual(['users']);
    expect(wrong(contents({ tables: [table, { ...table, name: 'more' }] }))).toEqual(['more']);
  });

  test('of an older schema are compared by their rows', () => {
    const newer = { migrations: ['one', 'two'] };
    expect(wrong(contents({ ...newer, tables: [{ ...table, columns: ['id'], sha256: 'y' }] }))).toEqual([]);
    expect(wrong(contents({ ...newer, tables: [{ ...table, rows: 1 }] }))).toEqual(['users']);
  });

  test('of a set leave out what a restore encrypts anew, wherever pieces of it end', async () => {
    const rows = ['1\tä\\t\tsecret\n', '2\t\\N\t\\N\n'].join('');
    const hashed = async (cut: number, secret: string): Promise<string | undefined> => {
      const bytes = Buffer.from(rows.replace('secret', secret));
      const set = {
        tables: [
          {
            name: 'users',
            columns: ['id', 'name', 'totp'],
            order: [],
            part: '',
            rows: 2,
            bytes: 1,
            sha256: 'x',
          },
          { name: 'workers', columns: ['id'], order: [], part: '', rows: 2, bytes: 1, sha256: 'x' },
        ],
        migrations: [],
        async *read() {
          yield bytes.subarray(0, cut);
          yield bytes.subarray(cut);
        },
      } as unknown as OpenSet;
      const { tables } = await readContentsOfSet(set, {
        encryptedColumns: [{ table: 'users', column: 'totp' }],
      });
      expect(tables.map(({ name, columns }) => [name, columns])).toEqual([['users', ['id', 'name']]]);
      return tables[0]?.sha256;
    };
    const expected = await hashed(0, 'secret');
    for (let cut = 1; cut < Buffer.byteLength(rows); cut++)
      expect(await hashed(cut, 'secret')).toBe(expected);
    expect(await hashed(5, 'other')).toBe(expected);
  });
});

describe('what survives', () => {
  const signal = new AbortController().signal;
  const set = { takenAt: '2026-11-26T02:00:00.000Z' } as OpenSet;
  const config = (env: Record<string, string>) =>
    loadConfig({ DATA_DIR: folder, BACKUP_DIR: folder, ...env });

  test('without a place for copies nothing does, unless the sets are on another disk', async () => {
    const found = await findSurvivors(config({}), signal);
    expect(found).toEqual({ copy: null, problem: null, named: false, otherDisk: false });
    expect(afterLossOfHost(found, set)).toMatchObject({ named: false });
    expect(afterLossOfHost({ ...found, otherDisk: true }, set)).toEqual({ takenAt: set.takenAt });
  });

  test('a place for copies that holds none is a problem, which is told', async () => {
    const found = await findSurvivors(config({ BACKUP_OFFSITE: folder }), signal);
    expect(found).toMatchObject({
      copy: null,
      named: true,
      problem: expect.stringContaining('no whole copy'),
    });
    expect(afterLossOfHost(found, set)).toMatchObject({ named: true, problem: found.problem });
  });

  test('the newer of a copy and of another disk counts', () => {
    const copy = { name: 'c', place: 'p', takenAt: '2026-11-25T02:00:00.000Z' };
    const found = { copy, problem: null, named: true, otherDisk: true };
    expect(afterLossOfHost(found, set)).toEqual({ takenAt: set.takenAt });
    expect(afterLossOfHost({ ...found, otherDisk: false }, set)).toEqual({ takenAt: copy.takenAt });
  });
});

describe('reports', () => {
  const report = sampleReport;

  test('are kept in both forms, signed by a key that is made once, and only their owner reads them', async () => {
    const dataDir = join(folder, 'kept');
    expect(ownPublicKey(dataDir)).toBeNull();
    const kept = await keepReport(dataDir, report);
    expect(ownPublicKey(dataDir)).toBe(kept.publicKey);
    expect((await stat(join(dataDir, 'drill-key'))).mode & 0o777).toBe(0o600);
    for (const file of [kept.json, kept.markdown]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const checked = checkReport(await readFile(file, 'utf8'), kept.publicKey);
      expect(checked).toMatchObject({ id: report.id, intact: true, known: true });
    }
    expect((await keepReport(dataDir, report)).publicKey).toBe(kept.publicKey);
    expect(await listReports(dataDir, 5)).toEqual([{ report, signed: true }]);
    const words = await readReport(dataDir, report.id, 'md');
    expect(words).toContain('| Lost host | held | 12.0 s | 60 min | 1 of 1 | 5 of 5 |');
    expect(words).toContain('It said \\<b\\>no\\</b\\> \\| twice');
  });

  test('a changed byte is noticed, in both forms', async () => {
    const dataDir = join(folder, 'changed');
    const kept = await keepReport(dataDir, report);
    for (const file of [kept.json, kept.markdown]) {
      const text = await readFile(file, 'utf8');
      let changed = 0;
      const end = file === kept.json ? text.indexOf('"signature"') : text.lastIndexOf('\n---\n');
      for (let at = 0; at < end; at += 7) {
        // Blanks between values are no part of what is signed.
        if (!/[a-z0-9]/i.test(text[at] ?? '')) continue;
        const other = text[at] === '7' ? '8' : '7';
        const forged = `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
        expect(check(forged, kept.publicKey), `${file} at ${at}`).toBe(false);
        changed += 1;
      }
      expect(changed).toBeGreaterThan(50);
    }
  });

  test('one that was changed, or signed by another key, is listed as not signed', async () => {
    const dataDir = join(folder, 'listed');
    const { json } = await keepReport(dataDir, report);
    await writeFile(json, (await readFile(json, 'utf8')).replace('"outcome": "failed"', '"outcome": "held"'));
    expect(await listReports(dataDir, 5)).toMatchObject([{ signed: false }]);
    const other = await keepReport(join(folder, 'other'), { ...report, id: '20261127T020000Z-4f3a9c' });
    await writeFile(join(drillsFolder(dataDir), '20261127T020000Z-4f3a9c.json'), await readFile(other.json));
    expect(await listReports(dataDir, 5)).toMatchObject([{ signed: false }, { signed: false }]);
    await writeFile(join(drillsFolder(dataDir), '20261128T020000Z-4f3a9c.json'), '{');
    expect(await listReports(dataDir, 5)).toHaveLength(2);
  });

  test('what is no report, or has another name, is refused', async () => {
    expect(() => checkReport('# Something else\n', null)).toThrow('not a report');
    expect(() => checkReport('{}', null)).toThrow('not a report');
    for (const id of ['20200101T000000Z-000000', '../secret-key'])
      await expect(readReport(folder, id, 'json')).rejects.toMatchObject({ status: 404 });
    expect(await readdir(folder)).not.toContain('secret-key');
  });

  function check(text: string, key: string): boolean {
    try {
      const { intact, known } = checkReport(text, key);
      return intact && known;
    } catch {
      return false;
    }
  }
});
