import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { type Collection, readCollections } from './collections.ts';
import { mean, ndcg10, percentile, recall100 } from './measures.ts';
import { FOREIGN_QUESTIONS } from './questions.ts';

/*
 * Measures search and ask through the product's own API on test collections:
 *   node bench/retrieval/run.ts [folder with one folder a collection]
 */

const BATCH = 200;
const here = fileURLToPath(new URL('.', import.meta.url));

async function ingest(app: TestApp, collection: Collection): Promise<number> {
  const started = performance.now();
  for (let start = 0; start < collection.documents.length; start += BATCH) {
    const documents = collection.documents
      .slice(start, start + BATCH)
      .map(({ _id, title, text }) => ({ externalId: _id, title, text }));
    const { status, body } = await app.request('POST', '/documents:batch', { documents });
    if (status !== 200) throw new Error(`Ingesting failed: ${JSON.stringify(body)}`);
    const failed = body.items.filter((item: { status: string }) => item.status === 'failed');
    for (const item of failed) process.stderr.write(`${collection.name}: ${JSON.stringify(item)}\n`);
  }
  for (;;) {
    const { body } = await app.request('GET', '/search?q=ready');
    if (body.index.state === 'ready') return (performance.now() - started) / 1000;
    await sleep(200);
  }
}

interface SearchFigures {
  ndcg: number;
  recall: number;
  p50: number;
  p95: number;
}

async function measureSearch(app: TestApp, collection: Collection): Promise<SearchFigures> {
  const figures = { ndcg: [] as number[], recall: [] as number[], ms: [] as number[] };
  for (const query of collection.queries) {
    const gains = collection.judgments.get(query._id) ?? new Map<string, number>();
    const started = performance.now();
    const { body } = await app.request('GET', `/search?limit=100&q=${encodeURIComponent(query.text)}`);
    figures.ms.push(performance.now() - started);
    const ranking = body.items.map((item: { externalId: string }) => item.externalId);
    figures.ndcg.push(ndcg10(ranking, gains));
    figures.recall.push(recall100(ranking, gains));
  }
  return {
    ndcg: mean(figures.ndcg),
    recall: mean(figures.recall),
    p50: percentile(figures.ms, 0.5),
    p95: percentile(figures.ms, 0.95),
  };
}

/** The share of the questions that are answered, and of those the share with a relevant document quoted. */
async function measureAsk(
  app: TestApp,
  questions: readonly string[],
  isRelevant?: (question: number, documentId: string) => boolean,
) {
  let answered = 0;
  let relevant = 0;
  for (const [index, question] of questions.entries()) {
    const { body } = await app.request('POST', '/ask', { question });
    if (!body.answered) continue;
    answered += 1;
    const quoted: { documentId: string }[] = body.quotations;
    if (quoted.some(({ documentId }) => isRelevant?.(index, documentId))) relevant += 1;
  }
  return { answered: answered / questions.length, relevant: answered === 0 ? 0 : relevant / answered };
}

async function documentIds(app: TestApp, collection: Collection): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (let start = 0; start < collection.documents.length; start += BATCH) {
    const documents = collection.documents
      .slice(start, start + BATCH)
      .map(({ _id, title, text }) => ({ externalId: _id, title, text }));
    const { body } = await app.request('POST', '/documents:batch', { documents });
    for (const item of body.items) ids.set(item.documentId, item.externalId);
  }
  return ids;
}

const collections = readCollections(resolve(process.argv[2] ?? `${here}/../../../shared/data/retrieval`));
if (collections.length === 0) {
  process.stdout.write(
    'Skipped: there is no folder of test collections. Give one: node bench/retrieval/run.ts FOLDER\n',
  );
  process.exit(0);
}
const share = (value: number) => value.toFixed(2).replace(/^0/, '');
const figure = (value: number) => value.toFixed(4).replace(/^0/, '');
const askRows: string[] = [];
process.stdout.write(
  '| collection | documents | nDCG@10 | Recall@100 | p50 ms | p95 ms | searchable after s |\n|---|---|---|---|---|---|---|\n',
);
for (const collection of collections) {
  const app = await startTestApp();
  const seconds = await ingest(app, collection);
  const search = await measureSearch(app, collection);
  process.stdout.write(
    `| ${collection.name} | ${collection.documents.length} | ${figure(search.ndcg)} | ${figure(search.recall)} | ${search.p50.toFixed(1)} | ${search.p95.toFixed(1)} | ${seconds.toFixed(1)} |\n`,
  );
  const ids = await documentIds(app, collection);
  const own = await measureAsk(
    app,
    collection.queries.map((query) => query.text),
    (index, id) =>
      collection.judgments.get(collection.queries[index]?._id ?? '')?.has(ids.get(id) ?? '') ?? false,
  );
  const foreign = await measureAsk(app, FOREIGN_QUESTIONS);
  askRows.push(
    `| ${collection.name} | its own | ${collection.queries.length} | ${share(own.answered)} | ${share(own.relevant)} |`,
  );
  askRows.push(
    `| ${collection.name} | foreign to all | ${FOREIGN_QUESTIONS.length} | ${share(foreign.answered)} | |`,
  );
  for (const other of collections.filter((each) => each !== collection)) {
    const crossed = await measureAsk(
      app,
      other.queries.map((query) => query.text),
    );
    askRows.push(
      `| ${collection.name} | of ${other.name} | ${other.queries.length} | ${share(crossed.answered)} | |`,
    );
  }
  await app.close();
}
process.stdout.write(
  `\n| asked on | questions | number | answered | of these with a relevant document |\n|---|---|---|---|---|\n${askRows.join('\n')}\n`,
);
