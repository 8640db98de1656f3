import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emitEvent } from '#platform/jobs/index.ts';
import { addPerson, startTestApp, type TestApp } from '#testing/index.ts';
import { documents } from '../tables.ts';
import { insertDocument, removeDocuments } from './fixtures/documents.ts';
import { updateIndex } from './update-index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
}, 120_000);
afterAll(() => app.close());
beforeEach(async () => {
  await removeDocuments(app.context);
  await app.platform.retrievalIndex.reset();
});

const update = () => updateIndex(app.context, () => undefined);

async function found(query: string): Promise<string[]> {
  const { body } = await app.request('GET', `/search?q=${encodeURIComponent(query)}`);
  return body.items.map((item: { externalId: string }) => item.externalId);
}

test('indexes what is new and what has changed, and nothing twice', async () => {
  await insertDocument(app.context, { externalId: 'a', text: 'The radar shows rings.' });
  expect(await update()).toEqual({ documents: 1, chunks: 1, rebuilt: false });
  expect(await update()).toEqual({ documents: 0, chunks: 0, rebuilt: false });
  expect(await found('rings')).toEqual(['a']);
  await insertDocument(app.context, { externalId: 'a', text: 'The radar shows quadrants.' });
  expect(await update()).toMatchObject({ documents: 1 });
  expect(await found('rings')).toEqual([]);
  expect(await found('quadrants')).toEqual(['a']);
});

test('an event starts it', async () => {
  await insertDocument(app.context, { externalId: 'a', text: 'The radar shows rings.' });
  await app.context.transaction((tx) => emitEvent(app.context, tx, 'knowledge.documentsChanged', {}));
  await app.runJobs();
  expect(await found('rings')).toEqual(['a']);
});

test('a change during indexing is not lost', async () => {
  await insertDocument(app.context, { externalId: 'a', text: 'old words' });
  const { retrievalIndex } = app.platform;
  const replaceDocuments = retrievalIndex.replaceDocuments;
  let changed = false;
  retrievalIndex.replaceDocuments = async (ids, rows) => {
    await replaceDocuments(ids, rows);
    if (!changed) await insertDocument(app.context, { externalId: 'a', text: 'new words' });
    changed = true;
  };
  try {
    await update();
  } finally {
    retrievalIndex.replaceDocuments = replaceDocuments;
  }
  expect(await found('new')).toEqual(['a']);
  expect(await found('old')).toEqual([]);
});

describe('a document that is gone', () => {
  test('is never shown, even before the index knows', async () => {
    await insertDocument(app.context, { externalId: 'a', text: 'The radar shows rings.' });
    await update();
    await app.context.transaction((tx) => tx.update(documents).set({ state: 'gone', indexState: 'dirty' }));
    expect(await found('rings')).toEqual([]);
    await update();
    expect(await app.platform.retrievalIndex.countRows(app.context.projectId)).toBe(0);
  });

  test('comes back when it is restored', async () => {
    await insertDocument(app.context, { externalId: 'a', text: 'The radar shows rings.', state: 'gone' });
    await update();
    expect(await found('rings')).toEqual([]);
    await app.context.transaction((tx) =>
      tx.update(documents).set({ state: 'ready', indexState: 'dirty' }).where(eq(documents.externalId, 'a')),
    );
    await update();
    expect(await found('rings')).toEqual(['a']);
  });
});

describe('a lost index', () => {
  test('is rebuilt from the database, and says so', async () => {
    await insertDocument(app.context, { externalId: 'a', text: 'The radar shows rings.' });
    await update();
    await rm(join(app.dataDir, 'rag_storage'), { recursive: true });
    // Whoever searches first notices, also one who may only read.
    const viewer = await addPerson(app, 'viewer');
    const first = await viewer.request('GET', '/search?q=rings');
    expect(first.body).toMatchObject({ items: [], index: { state: 'rebuilding' } });
    expect(first.body.note).toMatch(/being built/);
    await app.runJobs();
    const second = await app.request('GET', '/search?q=rings');
    expect(second.body).toMatchObject({
      items: [{ externalId: 'a' }],
      index: { state: 'ready', pending: 0 },
    });
    const { body } = await app.request('GET', '/jobs');
    const job = body.items.find((each: { kind: string }) => each.kind === 'knowledge.updateIndex');
    expect(job).toMatchObject({ state: 'succeeded', result: { rebuilt: true } });
    expect(job.progress.message).toMatch(/rebuilt from the database/);
  });

  test('that is damaged is rebuilt as well', async () => {
    await insertDocument(app.context, { externalId: 'a', text: 'The radar shows rings.' });
    await update();
    await rm(join(app.dataDir, 'rag_storage', 'chunks.lance', 'data'), { recursive: true });
    expect(await found('rings')).toEqual([]);
    await app.runJobs();
    expect(await found('rings')).toEqual(['a']);
  });
});

test('much is written in batches and merged into the full-text index', async () => {
  for (let n = 0; n < 700; n++) {
    await insertDocument(app.context, { externalId: `d${n}`, text: `Number ${n} of many documents.` });
  }
  expect(await update()).toMatchObject({ documents: 700, chunks: 700 });
  expect(await app.platform.retrievalIndex.countUnindexedRows()).toBe(0);
  expect(await found('699')).toEqual(['d699']);
});
