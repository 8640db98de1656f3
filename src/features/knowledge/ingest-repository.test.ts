import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { makePdf } from './parsing/fixtures/make-pdf.ts';

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what tests assert.
type Json = any;

const run = promisify(execFile);
let app: TestApp;
const folders: string[] = [];
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => {
  await app.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

interface TestRepository {
  folder: string;
  write(files: Record<string, string | Uint8Array>): Promise<void>;
  commit(): Promise<void>;
}

async function makeRepository(): Promise<TestRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'knowledge-'));
  folders.push(folder);
  const git = (...args: string[]) =>
    run(
      'git',
      ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'protocol.file.allow=always', ...args],
      { cwd: folder },
    );
  await git('init', '-q', '-b', 'main');
  return {
    folder,
    async write(files) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
    },
    async commit() {
      await git('add', '-A');
      await git('commit', '-q', '-m', 'change');
    },
  };
}

async function track(repository: TestRepository, options: object = {}): Promise<string> {
  const { body } = await app.request('POST', '/repositories', { location: repository.folder, ...options });
  await app.runJobs();
  return body.repository.id;
}

async function sync(id: string): Promise<void> {
  await app.request('POST', `/repositories/${id}/sync`);
  await app.runJobs();
}

async function documentsOf(id: string): Promise<Map<string, Json>> {
  const { body } = await app.request('GET', `/documents?repository=${id}&limit=200`);
  return new Map(body.items.map((item: Json) => [item.externalId, item]));
}

async function lastIngest(id: string): Promise<Json> {
  const { body } = await app.request('GET', `/jobs?kind=knowledge.ingestRepository&subject=${id}`);
  return body.items[0];
}

describe('knowledge.ingestRepository', { timeout: 180_000 }, () => {
  test('reads the documents of a repository, and only them; source code by choice', async () => {
    const repository = await makeRepository();
    await repository.write({
      'README.md': '# Project\n\nAbout the narwhal.',
      'docs/adr/0001-choice.md': '# Choice\n\nWe chose.',
      'docs/manual.pdf': makePdf([['A manual page']]),
      'docs/page.html': '<h1>Page</h1><p>text</p>',
      CHANGELOG: 'First version',
      'requirements.txt': 'flask==1',
      'node_modules/x/README.md': '# Not ours',
      'src/main.ts': 'export function main() {}\n',
      'package.json': '{}',
      'docs/übersicht 1.md': '# Überblick',
    });
    await symlink('/etc/passwd', join(repository.folder, 'LINK.md'));
    await repository.commit();
    const id = await track(repository);
    const documents = await documentsOf(id);
    expect([...documents.keys()].sort()).toEqual(
      [
        'CHANGELOG',
        'README.md',
        'docs/adr/0001-choice.md',
        'docs/manual.pdf',
        'docs/page.html',
        'docs/übersicht 1.md',
      ].sort(),
    );
    for (const document of documents.values())
      expect(document).toMatchObject({ state: 'ready', source: 'repository', repositoryId: id });
    expect(documents.get('README.md').commit).toMatch(/^[0-9a-f]{40}$/);
    const { body } = await app.request('GET', '/search?q=narwhal');
    expect(body.items[0]).toMatchObject({ externalId: 'README.md', repositoryId: id });

    await app.request('PATCH', `/repositories/${id}`, { includeSource: true });
    await app.runJobs();
    expect((await documentsOf(id)).get('src/main.ts')).toMatchObject({
      state: 'ready',
      mediaType: 'text/x-typescript',
    });
    await app.request('PATCH', `/repositories/${id}`, { includeSource: false });
    await app.runJobs();
    expect((await documentsOf(id)).get('src/main.ts')).toMatchObject({
      state: 'gone',
      goneReason: 'left-source',
    });
  });

  test('reads only what changed; what left is gone, can be restored, and stays so until its source has it again', async () => {
    const repository = await makeRepository();
    await repository.write({ 'a.md': '# A', 'b.md': '# B\n\nThe ibex.', 'c.md': '# C' });
    await repository.commit();
    const id = await track(repository);
    const first = await documentsOf(id);

    await repository.write({ 'a.md': '# A two' });
    await rename(join(repository.folder, 'b.md'), join(repository.folder, 'moved.md'));
    await repository.commit();
    await sync(id);
    expect((await lastIngest(id)).result).toMatchObject({
      created: 1,
      updated: 1,
      unchanged: 1,
      gone: 1,
      failed: 0,
    });
    const second = await documentsOf(id);
    expect(second.get('a.md')).toMatchObject({ id: first.get('a.md').id, title: 'A two' });
    expect(second.get('b.md')).toMatchObject({
      id: first.get('b.md').id,
      state: 'gone',
      goneReason: 'left-source',
    });
    const search = async () =>
      (await app.request('GET', '/search?q=ibex')).body.items.map((item: Json) => item.externalId);
    expect(await search()).toEqual(['moved.md']);

    await app.request('POST', `/documents/${first.get('b.md').id}/restore`);
    await sync(id);
    await app.request('POST', `/repositories/${id}/sync`, { rescan: true });
    await app.runJobs();
    expect((await documentsOf(id)).get('b.md')).toMatchObject({ state: 'ready', kept: true });
    expect((await search()).sort()).toEqual(['b.md', 'moved.md']);

    await repository.write({ 'b.md': '# B\n\nThe ibex.' });
    await repository.commit();
    await sync(id);
    expect((await documentsOf(id)).get('b.md')).toMatchObject({ state: 'ready', kept: false });
  });

  test('what a person removed stays removed though the source has it, until it is restored', async () => {
    const repository = await makeRepository();
    await repository.write({ 'README.md': '# Kept', 'old.md': '# Old' });
    await repository.commit();
    const id = await track(repository);
    const old = (await documentsOf(id)).get('old.md');
    await app.request('DELETE', `/documents/${old.id}`);
    await repository.write({ 'old.md': '# Old, changed', 'README.md': '# Changed' });
    await repository.commit();
    await sync(id);
    const documents = await documentsOf(id);
    expect(documents.get('old.md')).toMatchObject({ state: 'gone', goneReason: 'removed' });
    expect(documents.get('README.md')).toMatchObject({ title: 'Changed' });
    await app.request('POST', `/documents/${old.id}/restore`);
    await app.request('POST', `/documents/${old.id}/retry`);
    await app.runJobs();
    expect((await documentsOf(id)).get('old.md')).toMatchObject({ state: 'ready', title: 'Old, changed' });
  });

  test('a document that cannot be read says why and does not stop the rest', async () => {
    const repository = await makeRepository();
    await repository.write({
      'README.md': '# Fine',
      'empty.md': '',
      'binary.md': Uint8Array.from([1, 0, 2, 0, 0, 3, 255, 254, 7]),
      'docs/cut.pdf': makePdf([['x']]).subarray(0, 200),
      'docs/huge.txt': new Uint8Array(50 * 1024 * 1024).fill(120),
    });
    await repository.commit();
    const id = await track(repository);
    const documents = await documentsOf(id);
    const codes = Object.fromEntries(
      [...documents].map(([path, { problem, state }]) => [path, problem?.code ?? state]),
    );
    expect(codes).toEqual({
      'README.md': 'ready',
      'empty.md': 'empty',
      'binary.md': 'not-text',
      'docs/cut.pdf': 'pdf-truncated',
      'docs/huge.txt': 'too-large',
    });
    expect((await lastIngest(id)).result).toMatchObject({ created: 5, failed: 4 });
    await sync(id);
    expect((await documentsOf(id)).size).toBe(5);
  });

  test('a path that is not UTF-8 is a document all the same', async () => {
    const repository = await makeRepository();
    await repository.write({ 'README.md': '# R' });
    const odd = Buffer.concat([
      Buffer.from(`${repository.folder}/caf`),
      Buffer.from([0xe9]),
      Buffer.from('.md'),
    ]);
    await writeFile(odd, '# Coffee');
    await repository.commit();
    const documents = await documentsOf(await track(repository));
    expect(documents.get(`bytes:${Buffer.from('caf\xe9.md', 'latin1').toString('hex')}`)).toMatchObject({
      title: 'Coffee',
      path: 'caf\ufffd.md',
    });
  });

  test('two at once end as one', async () => {
    const repository = await makeRepository();
    await repository.write(
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`docs/${i}.md`, `# Page ${i}\n\ntext`])),
    );
    await repository.commit();
    const id = await track(repository);
    const { ingestRepository } = await import('./ingest-repository.ts');
    await repository.write(
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`docs/${i}.md`, `# Page ${i}\n\nchanged`])),
    );
    await repository.commit();
    await sync(id);
    const handle = { id: '', rootId: id, attempt: 1, signal: app.context.signal, progress: () => {} };
    await app.context.transaction((tx) => tx.execute("update documents set content_hash = ''"));
    await Promise.all([
      ingestRepository(app.context, { repositoryId: id }, handle),
      ingestRepository(app.context, { repositoryId: id }, handle),
    ]);
    await app.runJobs();
    const { body } = await app.request('GET', `/documents?repository=${id}&state=ready&limit=200`);
    expect(body.total).toBe(300);
    for (const document of body.items) expect(document.chunkCount).toBe(1);
    const counted = await app.context.transaction((tx) =>
      tx.execute<{ n: number }>(
        `select count(*)::int as n from chunks c join documents d on d.id = c.document_id where d.repository_id = '${id}'`,
      ),
    );
    expect(counted.rows[0]?.n).toBe(300);
  });
});
