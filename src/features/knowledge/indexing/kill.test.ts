import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '#testing/index.ts';
import { documents } from '../tables.ts';
import { insertDocument } from './fixtures/documents.ts';
import { updateIndex } from './update-index.ts';

const DOCUMENTS = 600;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-kill-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** Indexes the data directory in another process, which kills itself at `point`. Returns what it said before. */
async function indexUntilKilled(point: string): Promise<string> {
  const script = fileURLToPath(new URL('./fixtures/index-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dataDir, point], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  const signal = await new Promise((done) => child.once('exit', (_code, by) => done(by)));
  expect(signal).toBe('SIGKILL');
  return said;
}

/** Starts as after a crash, indexes what is left, and returns which documents are found, each as often as it is. */
async function recover(): Promise<{ rows: number; found: Set<string> }> {
  const app = await startTestApp({ dataDir });
  try {
    await updateIndex(app.context, () => undefined);
    const rows = await app.platform.retrievalIndex.countRows(app.context.projectId);
    const found = new Set<string>();
    for (const word of ['even', 'odd']) {
      const { body } = await app.request('GET', `/search?limit=200&q=${word}`);
      for (const item of body.items) found.add(item.externalId);
      expect(body.index).toEqual({ state: 'ready', pending: 0 });
    }
    return { rows, found };
  } finally {
    await app.close();
  }
}

/** Changes every document; the first time it writes them. */
async function change(generation: number): Promise<void> {
  const app = await startTestApp({ dataDir });
  try {
    await app.context.transaction(async (tx) => {
      const changed = await tx
        .update(documents)
        .set({
          text: sql`regexp_replace(${documents.text}, '[0-9]+$', ${String(generation)})`,
          indexState: 'dirty',
        })
        .returning({ id: documents.id });
      if (changed.length > 0) expect(changed).toHaveLength(DOCUMENTS);
    });
    if (await app.context.transaction((tx) => tx.$count(documents))) return;
    for (let n = 0; n < DOCUMENTS; n++) {
      const word = n < 150 ? 'even' : n < 300 ? 'odd' : 'other';
      await insertDocument(app.context, {
        externalId: `d${n}`,
        text: `${word} document of generation ${generation}`,
      });
    }
  } finally {
    await app.close();
  }
}

test.each(['before-begin', 'after-begin', 'while-writing', 'after-writing', 'while-merging'])(
  'killed %s, nothing is lost and nothing is there twice',
  async (point) => {
    if (point.endsWith('begin')) await rm(join(dataDir, 'rag_storage'), { recursive: true, force: true });
    await change(Date.now());
    expect(await indexUntilKilled(point)).toBe('');
    const { rows, found } = await recover();
    expect(rows).toBe(DOCUMENTS);
    expect(found.size).toBe(300);
  },
  120_000,
);
