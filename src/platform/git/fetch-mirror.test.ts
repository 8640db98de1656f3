import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createTestRepository, openTestRepository, type TestRepository } from '#testing/git-repository.ts';
import { type GitServerOptions, startGitServer } from '#testing/git-server.ts';
import {
  type FetchMirrorInput,
  fetchMirror,
  findCommit,
  findRepository,
  measureFolder,
  openTree,
} from './index.ts';
import { parseProgress, type TransferProgress } from './parse-progress.ts';
import type { Mirror } from './types.ts';

const policy = { timeoutMs: 30_000, stallSeconds: 10, maxBytes: 1e9, allowHosts: ['127.0.0.1'] };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function source(options: { bare?: boolean; name?: string } = {}): Promise<TestRepository> {
  const repository = await createTestRepository(options);
  cleanups.push(repository.remove);
  return repository;
}

async function newMirror(): Promise<Mirror> {
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-mirrors-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return { directory: join(folder, 'mirrors', 'one.git') };
}

async function serve(options: GitServerOptions) {
  const server = await startGitServer(options);
  cleanups.push(server.close);
  const url = new URL(server.url);
  const location = (name: string): FetchMirrorInput['location'] => ({
    kind: 'url',
    url: `${server.url}/${name}`,
    protocol: 'http',
    host: url.hostname,
    port: Number(url.port),
  });
  return { ...server, location };
}

const at = (path: string): FetchMirrorInput['location'] => ({ kind: 'path', path });
const paths = async (mirror: Mirror) => (await openTree(mirror, 'HEAD')).map(({ path }) => path);

describe('a local source', () => {
  test('is mirrored, then fetched', async () => {
    const from = await source({ name: 'with spaces ü' });
    const first = await from.commit({ 'a.txt': '1' });
    await from.git('branch', 'side');
    await from.git('tag', 'v1');
    const mirror = await newMirror();
    const made = await fetchMirror(mirror, { location: at(from.directory), policy });
    expect(made).toEqual({ branch: 'main', commit: first, shallow: false, rewritten: false, rebuilt: true });
    expect(await findCommit(mirror, 'refs/tags/v1')).toBe(first);

    const second = await from.commit({ 'b.txt': '2' });
    await from.git('branch', '-D', 'side');
    const previous = { branch: 'main', commit: first };
    const again = await fetchMirror(mirror, { location: at(from.directory), policy, previous });
    expect(again).toEqual({
      branch: 'main',
      commit: second,
      shallow: false,
      rewritten: false,
      rebuilt: false,
    });
    expect(await paths(mirror)).toEqual(['a.txt', 'b.txt']);
    expect(await findCommit(mirror, 'refs/heads/side')).toBeUndefined();
    expect(await readdir(dirname(mirror.directory))).toEqual(['gitconfig', 'one.git']);
  });

  test('may be bare, belong to another user and have a detached HEAD', async () => {
    const from = await source();
    const first = await from.commit({ 'a.txt': '1' });
    await from.commit({ 'a.txt': '2' });
    await from.git('checkout', '-q', '--detach', first);
    const detached = await fetchMirror(await newMirror(), { location: at(from.directory), policy });
    expect(detached).toMatchObject({ branch: null, commit: first });

    const bare = join(dirname(from.directory), 'bare.git');
    await from.git('clone', '-q', '--bare', from.directory, bare);
    if (process.getuid?.() === 0) await chown(bare, 12_345, 12_345);
    expect(await fetchMirror(await newMirror(), { location: at(bare), policy })).toMatchObject({
      commit: first,
    });
    expect(await findRepository(join(bare, 'objects'))).toBe(bare);
  });

  test('may be shallow, and is completed when its source is', async () => {
    const from = await source();
    for (const text of ['1', '2', '3']) await from.commit({ 'a.txt': text });
    const shallow = join(dirname(from.directory), 'shallow');
    await from.git('clone', '-q', '--depth=1', `file://${from.directory}`, shallow);
    const mirror = await newMirror();
    expect(await fetchMirror(mirror, { location: at(shallow), policy })).toMatchObject({ shallow: true });
    await openTestRepository(shallow).git('fetch', '-q', '--unshallow');
    expect(await fetchMirror(mirror, { location: at(shallow), policy })).toMatchObject({
      shallow: false,
      rebuilt: false,
    });
  });

  test('without commits is not an error and makes no mirror', async () => {
    const from = await source();
    const mirror = await newMirror();
    expect(await fetchMirror(mirror, { location: at(from.directory), policy })).toMatchObject({
      commit: null,
    });
    expect(existsSync(mirror.directory)).toBe(false);
  });

  test('whose history was rewritten is followed, and the old commit is kept', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    const old = await from.commit({ 'a.txt': '2' });
    const mirror = await newMirror();
    await fetchMirror(mirror, { location: at(from.directory), policy });
    await from.git('reset', '-q', '--hard', 'HEAD~1');
    const now = await from.commit({ 'a.txt': 'other' }, { message: 'instead' });
    const previous = { branch: 'main', commit: old };
    const fetched = await fetchMirror(mirror, { location: at(from.directory), policy, previous });
    expect(fetched).toMatchObject({ commit: now, rewritten: true });
    expect(await findCommit(mirror, `refs/commandcenter/kept/${old}`)).toBe(old);

    await from.git('checkout', '-q', '-b', 'other', 'HEAD~1');
    const moved = await fetchMirror(mirror, {
      location: at(from.directory),
      policy,
      previous: { branch: 'main', commit: now },
    });
    expect(moved).toMatchObject({ branch: 'other', rewritten: false });
  });

  test('runs no hook and no program of its configuration, and fetches no submodule', async () => {
    const inner = await source();
    await inner.commit({ 'inner.txt': '1' });
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    await from.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      inner.directory,
      'inner',
    );
    await from.commit({});
    const proof = join(dirname(from.directory), 'ran');
    const script = `#!/bin/sh\ntouch "${proof}"\n`;
    const hooks = join(from.directory, '.git', 'hooks');
    await mkdir(hooks, { recursive: true });
    for (const name of [
      'post-checkout',
      'reference-transaction',
      'post-upload-pack',
      'pre-auto-gc',
      'fsmonitor',
    ]) {
      await writeFile(join(hooks, name), script);
      await chmod(join(hooks, name), 0o755);
    }
    await from.git('config', 'core.fsmonitor', join(hooks, 'fsmonitor'));
    await from.git('config', 'uploadpack.packObjectsHook', join(hooks, 'fsmonitor'));
    await from.git('config', 'core.sshCommand', join(hooks, 'fsmonitor'));
    await from.git('config', 'core.alternateRefsCommand', join(hooks, 'fsmonitor'));
    const mirror = await newMirror();
    await rm(proof, { force: true });
    expect(await findRepository(join(from.directory, 'inner'))).toBe(join(from.directory, 'inner'));
    await fetchMirror(mirror, { location: at(await findRepository(from.directory)), policy });
    expect(existsSync(proof)).toBe(false);
    const entries = await openTree(mirror, 'HEAD');
    expect(entries.find(({ path }) => path === 'inner')?.kind).toBe('submodule');
    expect(existsSync(join(mirror.directory, 'modules'))).toBe(false);
  });

  test('that is gone or damaged is an error that says so', async () => {
    const from = await source();
    await from.commit({ 'a.txt': 'x'.repeat(500) });
    const mirror = await newMirror();
    await expect(fetchMirror(mirror, { location: at('/no/such/folder'), policy })).rejects.toMatchObject({
      code: 'repository-not-found',
    });
    const oid = await from.git('rev-parse', 'HEAD:a.txt');
    await rm(join(from.directory, '.git', 'objects', oid.slice(0, 2), oid.slice(2)));
    await expect(fetchMirror(mirror, { location: at(from.directory), policy })).rejects.toMatchObject({
      code: 'repository-damaged',
      status: 409,
    });
    expect(existsSync(mirror.directory)).toBe(false);
  });
});

describe('limits and repair', () => {
  test('a repository over the size limit is refused and leaves nothing', async () => {
    const from = await source();
    const { randomBytes } = await import('node:crypto');
    await from.commit({ 'noise.bin': randomBytes(12 * 1024 * 1024) });
    const server = await serve({ root: from.directory, bytesPerSecond: 6 * 1024 * 1024 });
    const mirror = await newMirror();
    const small = { ...policy, maxBytes: 4 * 1024 * 1024 };
    await expect(
      fetchMirror(mirror, { location: server.location('.git'), policy: small }),
    ).rejects.toMatchObject({
      code: 'repository-too-large',
      status: 413,
    });
    expect(await readdir(dirname(mirror.directory))).toEqual(['gitconfig']);
  });

  test('locks, unfinished packs and unfinished mirrors of a killed sync are cleared away', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    const mirror = await newMirror();
    await fetchMirror(mirror, { location: at(from.directory), policy });
    await writeFile(join(mirror.directory, 'packed-refs.lock'), '');
    await writeFile(join(mirror.directory, 'refs', 'heads', 'main.lock'), '');
    await writeFile(join(mirror.directory, 'objects', 'pack', 'tmp_pack_abc'), 'x'.repeat(1000));
    await mkdir(`${mirror.directory}.partial-abc/objects`, { recursive: true });
    const second = await from.commit({ 'a.txt': '2' });
    expect(await fetchMirror(mirror, { location: at(from.directory), policy })).toMatchObject({
      commit: second,
      rebuilt: false,
    });
    expect(await readdir(join(mirror.directory, 'refs', 'heads'))).toEqual(['main']);
    expect(await readdir(dirname(mirror.directory))).toEqual(['gitconfig', 'one.git']);
  });

  test('a damaged mirror is made new', async () => {
    const from = await source();
    const commit = await from.commit({ 'a.txt': '1' });
    const mirror = await newMirror();
    await fetchMirror(mirror, { location: at(from.directory), policy });
    const packs = join(mirror.directory, 'objects', 'pack');
    for (const name of await readdir(packs)) {
      await chmod(join(packs, name), 0o644);
      await truncate(join(packs, name), 10);
    }
    expect(await fetchMirror(mirror, { location: at(from.directory), policy })).toMatchObject({
      commit,
      rebuilt: true,
    });
    await rm(join(mirror.directory, 'HEAD'));
    expect(await fetchMirror(mirror, { location: at(from.directory), policy })).toMatchObject({
      commit,
      rebuilt: true,
    });
    expect(await paths(mirror)).toEqual(['a.txt']);
  });

  test('many small fetches do not leave many packs', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '0' });
    const mirror = await newMirror();
    await fetchMirror(mirror, { location: at(from.directory), policy });
    const packs = join(mirror.directory, 'objects', 'pack');
    const [pack = ''] = (await readdir(packs)).filter((name) => name.endsWith('.pack'));
    for (let copy = 0; copy < 45; copy += 1) {
      for (const kind of ['pack', 'idx']) {
        const name = pack.replace('.pack', '').slice(0, -2) + String(copy).padStart(2, '0');
        await cp(join(packs, pack.replace('.pack', `.${kind}`)), join(packs, `${name}.${kind}`));
      }
    }
    const commit = await from.commit({ 'a.txt': '1' });
    expect(await fetchMirror(mirror, { location: at(from.directory), policy })).toMatchObject({
      commit,
      rebuilt: false,
    });
    expect((await readdir(packs)).filter((name) => name.endsWith('.pack')).length).toBeLessThan(10);
    expect(await paths(mirror)).toEqual(['a.txt']);
  });
});

describe('an http source', () => {
  test('takes the token in a header; nothing of it is stored or in an argument list', async () => {
    const from = await source();
    const commit = await from.commit({ 'a.txt': '1' });
    const server = await serve({ root: from.directory, token: 's3cret-token' });
    const mirror = await newMirror();
    const input = { location: server.location('.git'), policy };
    for (const token of [undefined, 'wrong']) {
      const refused = fetchMirror(mirror, { ...input, token });
      await expect(refused).rejects.toMatchObject({ code: 'repository-access-denied', status: 403 });
      await expect(refused).rejects.not.toThrow(/wrong|x-access-token/);
    }
    expect(await fetchMirror(mirror, { ...input, token: 's3cret-token' })).toMatchObject({ commit });
    const { stdout } = await (await import('#platform/exec/index.ts')).runProgram(
      'grep',
      [
        '-rl',
        '-e',
        's3cret',
        '-e',
        Buffer.from('x-access-token:s3cret-token').toString('base64'),
        dirname(mirror.directory),
      ],
      { env: { PATH: process.env['PATH'] ?? '' }, timeoutMs: 10_000 },
    );
    expect(stdout.toString()).toBe('');
  });

  test('reports how far it is, and stops when told to', async () => {
    const from = await source();
    const { randomBytes } = await import('node:crypto');
    for (let count = 0; count < 20; count += 1) await from.commit({ [`${count}.bin`]: randomBytes(200_000) });
    const server = await serve({ root: from.directory, bytesPerSecond: 1_000_000 });
    const mirror = await newMirror();
    const controller = new AbortController();
    const seen: TransferProgress[] = [];
    const running = fetchMirror(mirror, {
      location: server.location('.git'),
      policy,
      signal: controller.signal,
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.phase === 'receiving' && progress.done > 5) controller.abort(new Error('cancelled'));
      },
    });
    await expect(running).rejects.toThrow('cancelled');
    expect(seen.at(-1)).toMatchObject({ phase: 'receiving', total: 60 });
    expect(await readdir(dirname(mirror.directory))).toEqual(['gitconfig']);
    expect(await measureFolder(dirname(mirror.directory))).toBeLessThan(1000);
  });

  test('that never answers runs out of time', async () => {
    const server = await serve({ root: tmpdir(), silent: true });
    const slow = { ...policy, timeoutMs: 1000 };
    const started = Date.now();
    await expect(
      fetchMirror(await newMirror(), { location: server.location('x'), policy: slow }),
    ).rejects.toMatchObject({ code: 'repository-too-slow', status: 504 });
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test('that redirects, is missing or is down is explained', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    const there = await serve({ root: from.directory, token: 'x' });
    const moved = await serve({ root: from.directory, redirectTo: there.url });
    const mirror = await newMirror();
    await expect(
      fetchMirror(mirror, { location: moved.location('.git'), policy, token: 'x' }),
    ).rejects.toMatchObject({ code: 'repository-moved' });
    expect(there.authorizations).toEqual([]);
    const open = await serve({ root: from.directory });
    await expect(fetchMirror(mirror, { location: open.location('nothing'), policy })).rejects.toMatchObject({
      code: 'repository-not-found',
      status: 404,
    });
    await open.close();
    await expect(fetchMirror(mirror, { location: open.location('.git'), policy })).rejects.toMatchObject({
      code: 'repository-unreachable',
      status: 502,
    });
  });
});

test('parseProgress reads what git writes', () => {
  expect(parseProgress('remote: Counting objects:  50% (5/10)')).toEqual({
    phase: 'preparing',
    done: 5,
    total: 10,
    message: 'Counting objects',
  });
  expect(parseProgress('Receiving objects:  12% (123/1000), 1.20 MiB | 3.00 MiB/s')).toEqual({
    phase: 'receiving',
    done: 123,
    total: 1000,
    message: 'Receiving objects, 1.20 MiB',
  });
  expect(parseProgress('From file:///x')).toBeUndefined();
});
