import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLogger } from '#platform/telemetry/index.ts';
import { analyzeWords, createRetrievalIndex, type IndexRow, type RetrievalIndex } from './index.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'retrieval-index-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'rag_storage');
}

function open(uri: string): RetrievalIndex {
  const index = createRetrievalIndex({ uri, log: createLogger('silent') });
  cleanups.push(() => index.close());
  return index;
}

function row(chunkId: string, text: string, more: Partial<IndexRow> = {}): IndexRow {
  const documentId = chunkId.split('#')[0] ?? chunkId;
  return {
    chunkId,
    documentId,
    projectId: 'one',
    source: 'api',
    repositoryId: null,
    kind: 'prose',
    text,
    ...more,
  };
}

async function filled(rows: readonly IndexRow[], uri?: string): Promise<RetrievalIndex> {
  const index = open(uri ?? (await emptyFolder()));
  for (const projectId of new Set(rows.map((each) => each.projectId))) await index.beginProject(projectId);
  await index.replaceDocuments([...new Set(rows.map((each) => each.documentId))], rows);
  await index.optimize();
  return index;
}

async function find(index: RetrievalIndex, query: string, projectId = 'one'): Promise<string[]> {
  return (await index.search({ projectId, query, limit: 10 })).map((hit) => hit.chunkId);
}

describe('search', () => {
  test('ranks by BM25, stems, and gives scores', async () => {
    const index = await filled([
      row('a#0', 'Radar\nEvery ring move is dated and reasoned'),
      row('b#0', 'Backup\nRestores are drilled'),
      row('c#0', 'Ring\nRings are adopt, trial, assess and hold; a ring is moved by a person'),
    ]);
    const hits = await index.search({ projectId: 'one', query: 'moving a ring', limit: 10 });
    expect(hits.map((hit) => hit.chunkId)).toEqual(['c#0', 'a#0']);
    expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? Number.POSITIVE_INFINITY);
  });

  test('finds rows that are not yet in the full-text index', async () => {
    const index = await filled([row('a#0', 'alpha')]);
    await index.replaceDocuments(['b'], [row('b#0', 'beta')]);
    expect(await index.countUnindexedRows()).toBe(1);
    expect(await find(index, 'beta')).toEqual(['b#0']);
    await index.optimize();
    expect(await index.countUnindexedRows()).toBe(0);
    expect(await find(index, 'beta')).toEqual(['b#0']);
  });

  test('never shows another project, however its name is written', async () => {
    const hostile = "x' OR projectId <> '";
    const index = await filled([
      row('a#0', 'shared word'),
      row('b#0', 'shared word', { projectId: 'two' }),
      row('c#0', 'shared word', { projectId: hostile }),
    ]);
    expect(await find(index, 'shared', 'one')).toEqual(['a#0']);
    expect(await find(index, 'shared', 'two')).toEqual(['b#0']);
    expect(await find(index, 'shared', hostile)).toEqual(['c#0']);
    expect(await find(index, 'shared', 'three')).toEqual([]);
    await index.replaceDocuments(["a' OR documentId <> '"], []);
    expect(await index.countRows('two')).toBe(1);
  });

  test('filters before it ranks, so that a small source is found among many better rows', async () => {
    const many = Array.from({ length: 300 }, (_, n) => row(`m${n}#0`, 'compiler compiler compiler'));
    const index = await filled([
      ...many,
      row('r#0', 'a compiler and many other words beside it', { source: 'repository', repositoryId: 'r1' }),
    ]);
    const hits = await index.search({
      projectId: 'one',
      query: 'compiler',
      limit: 3,
      source: 'repository',
      repositoryId: 'r1',
    });
    expect(hits.map((hit) => hit.chunkId)).toEqual(['r#0']);
  });

  test('finds the words of names in code, and only there', async () => {
    const index = await filled([
      row('code#0', 'export function readConsistencyInterval() {}\nconst max_row_count = 3;', {
        kind: 'code',
      }),
      row('prose#0', 'The option readConsistencyInterval is about freshness'),
    ]);
    expect(await find(index, 'consistency interval')).toEqual(['code#0']);
    expect(await find(index, 'maxRowCount')).toEqual(['code#0']);
    expect(await find(index, 'max_row_count')).toEqual(['code#0']);
    expect(new Set(await find(index, 'readConsistencyInterval'))).toEqual(new Set(['code#0', 'prose#0']));
  });

  test.each([
    ['nothing', ''],
    ['only punctuation', '?!... --- "" () [] {} :: && || ~ ^ * / \\ '],
    ['control characters', '\u0000\u0007\ud800'],
    ['stop words', 'what is the of'],
    ['100 kB of unknown words', 'qwertz '.repeat(15_000)],
    ['100 kB without a space', 'x'.repeat(100_000)],
  ])('of %s finds nothing and does not throw', async (_name, query) => {
    expect(await find(await filled([row('a#0', 'alpha')]), query)).toEqual([]);
  });

  test.each([
    'alpha AND',
    'text:alpha',
    '+alpha -beta',
    '"alpha',
    'alpha~2^',
    '(alpha',
    "alpha'; DROP TABLE chunks",
  ])('takes the operators in %s as plain text', async (query) => {
    expect(await find(await filled([row('a#0', 'alpha')]), query)).toEqual(['a#0']);
  });

  test('of 100 kB of known words answers in time', async () => {
    const index = await filled([row('a#0', 'alpha beta')]);
    const started = performance.now();
    expect(await find(index, 'alpha beta '.repeat(9_000))).toEqual(['a#0']);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('words', () => {
  test('are analyzed as the index does it', async () => {
    const words = ['The', 'is', 'running', 'DiffExecutor', 'naïve', 'x'.repeat(60), 'tests', 'of', '½'];
    const analyzed = await analyzeWords(words);
    expect([...analyzed.values()].map(({ stem }) => stem)).toEqual([
      'the',
      'is',
      'run',
      'diffexecutor',
      'naiv',
      '',
      'test',
      'of',
      '12',
    ]);
    expect(words.filter((word) => analyzed.get(word)?.isStopWord)).toEqual([
      'The',
      'is',
      'x'.repeat(60),
      'of',
    ]);
  });

  test('are counted per project, up to a ceiling', async () => {
    const index = await filled([
      row('a#0', 'rings'),
      row('b#0', 'a ring'),
      row('c#0', 'ring', { projectId: 'two' }),
    ]);
    expect(await index.countMatches('one', 'ring', 10)).toBe(2);
    expect(await index.countMatches('one', 'ring', 1)).toBe(1);
    expect(await index.countMatches('one', 'bell', 10)).toBe(0);
    expect(await index.countMatches('one', '?!', 10)).toBe(0);
  });
});

describe('writing', () => {
  test('replaces what a document had, and removes it with no rows', async () => {
    const index = await filled([
      row('a#0', 'old words'),
      row('a#1', 'old words too'),
      row('b#0', 'old neighbour'),
    ]);
    await index.replaceDocuments(['a'], [row('a#9', 'new words')]);
    expect(await find(index, 'old')).toEqual(['b#0']);
    expect(await find(index, 'new')).toEqual(['a#9']);
    await index.replaceDocuments(['a'], []);
    expect(await find(index, 'new')).toEqual([]);
    expect(await index.countRows('one')).toBe(1);
  });

  test('is seen at once by another handle on the same folder', async () => {
    const uri = await emptyFolder();
    const writer = await filled([row('a#0', 'alpha')], uri);
    const reader = open(uri);
    expect(await find(reader, 'beta')).toEqual([]);
    await writer.replaceDocuments(['b'], [row('b#0', 'beta')]);
    expect(await find(reader, 'beta')).toEqual(['b#0']);
  });
});

describe('a lost index', () => {
  test('is missing before anything was written, and answers nothing', async () => {
    const index = open(await emptyFolder());
    expect(await index.exists()).toBe(false);
    expect(await index.state('one')).toBe('missing');
    expect(await find(index, 'alpha')).toEqual([]);
    expect(await index.countRows('one')).toBe(0);
  });

  test('that is deleted under a running process is noticed and can be filled again', async () => {
    const uri = await emptyFolder();
    const index = await filled([row('a#0', 'alpha')], uri);
    expect(await index.state('one')).toBe('ready');
    await rm(uri, { recursive: true, force: true });
    expect(await find(index, 'alpha')).toEqual([]);
    expect(await index.state('one')).toBe('missing');
    await index.reset();
    await index.beginProject('one');
    await index.replaceDocuments(['a'], [row('a#0', 'alpha')]);
    expect(await index.state('one')).toBe('ready');
    expect(await find(index, 'alpha')).toEqual(['a#0']);
  });

  test.each(['_versions', '_indices', 'data'])(
    'whose %s is gone says so instead of failing',
    async (part) => {
      const uri = await emptyFolder();
      await (await filled([row('a#0', 'alpha')], uri)).close();
      await rm(join(uri, 'chunks.lance', part), { recursive: true });
      const index = open(uri);
      expect(await find(index, 'alpha')).toEqual([]);
      expect(['damaged', 'missing']).toContain(await index.state('one'));
      await index.reset();
      await index.beginProject('one');
      await index.replaceDocuments(['a'], [row('a#0', 'alpha')]);
      expect(await find(index, 'alpha')).toEqual(['a#0']);
    },
  );

  test('with overwritten files says so, and works after a reset', async () => {
    const uri = await emptyFolder();
    await (await filled([row('a#0', 'alpha')], uri)).close();
    for (const entry of await readdir(uri, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) await writeFile(join(entry.parentPath, entry.name), 'not what it was');
    }
    const index = open(uri);
    expect(await find(index, 'alpha')).toEqual([]);
    expect(await index.state('one')).toBe('damaged');
    await index.reset();
    expect(await index.state('one')).toBe('missing');
    await index.beginProject('one');
    await index.replaceDocuments(['a'], [row('a#0', 'alpha')]);
    expect(await find(index, 'alpha')).toEqual(['a#0']);
  });

  test('damage that one process meets is seen by the one that repairs, and the repair by the first', async () => {
    const uri = await emptyFolder();
    await (await filled([row('a#0', 'alpha')], uri)).close();
    await rm(join(uri, 'chunks.lance', '_indices'), { recursive: true });
    const [reader, repairer] = [open(uri), open(uri)];
    expect(await find(reader, 'alpha')).toEqual([]);
    expect(await repairer.state('one')).toBe('damaged');
    await repairer.reset();
    await repairer.beginProject('one');
    await repairer.replaceDocuments(['a'], [row('a#0', 'alpha')]);
    await vi.waitFor(async () => expect(await find(reader, 'alpha')).toEqual(['a#0']), {
      timeout: 30_000,
      interval: 500,
    });
  });

  test('knows which projects it lacks after it was built again', async () => {
    const index = await filled([row('a#0', 'alpha'), row('b#0', 'beta', { projectId: 'two' })]);
    await index.reset();
    await index.beginProject('one');
    expect(await index.state('one')).toBe('ready');
    expect(await index.state('two')).toBe('unknown-project');
  });
});
