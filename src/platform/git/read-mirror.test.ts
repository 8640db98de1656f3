import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';
import {
  countCommits,
  findCommit,
  isAncestor,
  type LogCommit,
  listBranches,
  openTree,
  readBlob,
  readBlobs,
  walkLog,
} from './index.ts';
import type { Mirror } from './types.ts';

let repository: TestRepository;
let mirror: Mirror;

beforeAll(async () => {
  repository = await createTestRepository();
  mirror = { directory: join(repository.directory, '.git') };
});
afterAll(() => repository.remove());

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('openTree and readBlobs', () => {
  test('lists paths of every kind without following any', async () => {
    await symlink('/etc/passwd', join(repository.directory, 'leads-out'));
    const link = await repository.commit({ 'a.txt': 'one\n', 'folder/ü space.txt': 'two\n' });
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${link},module`);
    await repository.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `100755,${await repository.git('hash-object', 'a.txt')},run`,
    );
    await repository.git('commit', '-qm', 'a submodule and a program');
    const entries = await openTree(mirror, 'HEAD');
    expect(entries.map(({ path, kind, size }) => [path, kind, size])).toEqual([
      ['a.txt', 'file', 4],
      ['folder/ü space.txt', 'file', 4],
      ['leads-out', 'symlink', 11],
      ['module', 'submodule', 0],
      ['run', 'executable', 4],
    ]);
    const target = await readBlob(mirror, entries[2]?.oid ?? '');
    expect(target.content?.toString()).toBe('/etc/passwd');
  });

  test('keeps the bytes of a path that is not UTF-8', async () => {
    const other = await createTestRepository({ bare: true });
    const path = Buffer.from([0x66, 0xfc, 0x72, 0x2e, 0x6d, 0x64]);
    await writeTree(other, path);
    const [entry] = await openTree({ directory: other.directory }, 'refs/heads/main');
    expect(entry?.path).toBe('f\ufffdr.md');
    expect(entry?.rawPath).toEqual(path);
    const [commit] = await collect(walkLog({ directory: other.directory }, { range: 'refs/heads/main' }));
    expect(commit?.files.map((file) => file.path)).toEqual(['f\ufffdr.md']);
    await other.remove();
  });

  test('reads in the order asked, skips what is too large, reports what is missing', async () => {
    await repository.commit({ 'huge.bin': Buffer.alloc(60 * 1024 * 1024), 'small.txt': 'small' });
    const entries = await openTree(mirror, 'HEAD');
    const oid = (path: string): string => entries.find((entry) => entry.path === path)?.oid ?? '';
    const tree = await repository.git('rev-parse', 'HEAD^{tree}');
    const asked = [
      oid('small.txt'),
      oid('huge.bin'),
      'f'.repeat(40),
      'not an\nobject id',
      tree,
      oid('a.txt'),
    ];
    const blobs = await collect(readBlobs(mirror, asked, { maxBytes: 1024 }));
    expect(blobs.map((blob) => [blob.oid, blob.content?.toString() ?? blob.problem])).toEqual([
      [asked[0], 'small'],
      [asked[1], 'too-large'],
      [asked[2], 'missing'],
      [asked[3], 'missing'],
      [asked[4], 'not-a-blob'],
      [asked[5], 'one\n'],
    ]);
    expect(blobs[1]?.size).toBe(60 * 1024 * 1024);
  });

  test('a failing source of ids is the error; leaving early is none', async () => {
    async function* failing(): AsyncGenerator<string> {
      yield await repository.git('rev-parse', 'HEAD:a.txt');
      throw new Error('no more');
    }
    await expect(collect(readBlobs(mirror, failing()))).rejects.toThrow('no more');
    for await (const { size } of readBlobs(
      mirror,
      Array(1000).fill(await repository.git('rev-parse', 'HEAD:a.txt')),
    )) {
      expect(size).toBe(4);
      break;
    }
  });

  test('an unknown commit is an error, an abort too', async () => {
    await expect(openTree(mirror, 'nowhere')).rejects.toMatchObject({ code: 'git-failed' });
    await expect(openTree(mirror, 'HEAD', { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
      'stop',
    );
  });
});

async function writeTree(target: TestRepository, path: Buffer): Promise<void> {
  const { runProgram } = await import('#platform/exec/index.ts');
  const header =
    'commit refs/heads/main\ncommitter Ada <ada@example.org> 1767225600 +0000\ndata 1\nx\nM 100644 inline ';
  const input = Buffer.concat([Buffer.from(header), path, Buffer.from('\ndata 2\nhi\n')]);
  const end = await runProgram('git', ['--git-dir', target.directory, 'fast-import', '--quiet'], {
    env: { PATH: process.env['PATH'] ?? '' },
    timeoutMs: 10_000,
    input,
  });
  expect(end.exitCode).toBe(0);
}

describe('walkLog', () => {
  let history: TestRepository;
  let log: Mirror;
  const commits: string[] = [];
  const summary = (commit: LogCommit) => [
    commit.subject,
    commit.files.map(({ status, path }) => `${status} ${path}`),
  ];

  beforeAll(async () => {
    history = await createTestRepository();
    log = { directory: join(history.directory, '.git') };
    commits.push(
      await history.commit({ 'package.json': '{}', 'a.txt': '1' }, { message: 'one\n\nwith a body' }),
    );
    commits.push(await history.commit({ 'a.txt': null, 'b.txt': '1' }, { message: 'two' }));
    await history.git('checkout', '-q', '-b', 'side', commits[0] ?? '');
    commits.push(
      await history.commit({ 'go.mod': 'module x' }, { message: 'side', date: '2025-06-01T00:00:00Z' }),
    );
    await history.git('checkout', '-q', 'main');
    await history.git('merge', '-q', '--no-ff', '-m', 'merge', 'side');
    commits.push(await history.git('rev-parse', 'HEAD'));
    commits.push(await history.commit({}, { message: 'empty' }));
  });
  afterAll(() => history.remove());

  test('gives every commit with its changes', async () => {
    const all = await collect(walkLog(log, { range: 'main' }));
    expect(new Map(all.map((commit) => summary(commit) as [string, string[]]))).toEqual(
      new Map([
        ['empty', []],
        ['merge', []],
        ['two', ['deleted a.txt', 'added b.txt']],
        ['one', ['added a.txt', 'added package.json']],
        ['side', ['added go.mod']],
      ]),
    );
    expect(all.find(({ subject }) => subject === 'two')?.files).toEqual([
      { status: 'deleted', path: 'a.txt', oldOid: expect.stringMatching(/^[0-9a-f]{40}$/), newOid: null },
      { status: 'added', path: 'b.txt', oldOid: null, newOid: expect.stringMatching(/^[0-9a-f]{40}$/) },
    ]);
    const one = all.find(({ subject }) => subject === 'one');
    expect(one).toMatchObject({ commit: commits[0], parents: [], author: 'Ada', email: 'ada@example.org' });
    expect(one?.date.toISOString()).toBe('2026-01-01T00:01:00.000Z');
    expect(all.find(({ subject }) => subject === 'merge')?.parents).toEqual([commits[1], commits[2]]);
  });

  test('first parents: a merge lists what it brought in', async () => {
    const all = await collect(walkLog(log, { range: 'main', firstParent: true }));
    expect(all.map(summary)).toEqual([
      ['empty', []],
      ['merge', ['added go.mod']],
      ['two', ['deleted a.txt', 'added b.txt']],
      ['one', ['added a.txt', 'added package.json']],
    ]);
  });

  test('limits by range, by path and oldest first', async () => {
    const range = await collect(
      walkLog(log, { range: `${commits[0]}..main`, firstParent: true, reverse: true, files: false }),
    );
    expect(range.map(summary)).toEqual([
      ['two', []],
      ['merge', []],
      ['empty', []],
    ]);
    const paths = [':(glob)**/go.mod', 'package.json'];
    const limited = await collect(walkLog(log, { range: 'main', paths }));
    expect(limited.map(({ subject }) => subject).sort()).toEqual(['one', 'side']);
  });

  test('counts, finds and compares commits', async () => {
    expect(await countCommits(log, 'main')).toBe(5);
    expect(await findCommit(log, 'side')).toBe(commits[2]);
    expect(await findCommit(log, 'nowhere')).toBeUndefined();
    expect(await isAncestor(log, commits[0] ?? '', 'main')).toBe(true);
    expect(await isAncestor(log, 'main', commits[0] ?? '')).toBe(false);
    expect(await isAncestor(log, 'f'.repeat(40), 'main')).toBe(false);
    expect((await listBranches(log)).map(({ name }) => name).sort()).toEqual(['main', 'side']);
  });

  test('an option in place of a range is refused', async () => {
    await expect(collect(walkLog(log, { range: '--output=/tmp/x' }))).rejects.toMatchObject({
      code: 'range-invalid',
    });
  });
});
