import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CollectionDocument {
  readonly _id: string;
  readonly title: string;
  readonly text: string;
}

export interface CollectionQuery {
  readonly _id: string;
  readonly text: string;
}

/** A test collection: documents, queries, and for each query the documents that answer it, with their gain. */
export interface Collection {
  readonly name: string;
  readonly documents: readonly CollectionDocument[];
  readonly queries: readonly CollectionQuery[];
  readonly judgments: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Reads every folder that holds corpus.jsonl, queries.jsonl and qrels.tsv, as BEIR lays them out. */
export function readCollections(folder: string): Collection[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'qrels.tsv')))
    .sort()
    .map((name) => readCollection(name, join(folder, name)));
}

function readCollection(name: string, folder: string): Collection {
  const judgments = new Map<string, Map<string, number>>();
  for (const line of readLines(join(folder, 'qrels.tsv')).slice(1)) {
    const [query = '', document = '', gain = '0'] = line.split('\t');
    if (Number(gain) <= 0) continue;
    judgments.set(query, (judgments.get(query) ?? new Map()).set(document, Number(gain)));
  }
  const queries = readLines(join(folder, 'queries.jsonl')).map((line) => JSON.parse(line) as CollectionQuery);
  const documents = readLines(join(folder, 'corpus.jsonl')).map(
    (line) => JSON.parse(line) as CollectionDocument,
  );
  return { name, documents, queries: queries.filter((query) => judgments.has(query._id)), judgments };
}

function readLines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean);
}
