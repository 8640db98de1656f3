import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { appError } from '#platform/errors/index.ts';
import type { Job } from '#platform/jobs/index.ts';
import { type Client, withClient } from './client.ts';
import { count, type OutputOptions, print } from './output.ts';
import { waitForJobs } from './wait-for-jobs.ts';

interface IngestOptions extends OutputOptions {
  detach?: boolean;
}

interface BatchAnswer {
  items: { externalId: string; status: string; problem?: { message: string } | null }[];
}

const BATCH_DOCUMENTS = 500;
const BATCH_CHARACTERS = 8_000_000;
const UPLOAD_FILES = 20;
const DOCUMENT = /\.(md|markdown|mdx|txt|rst|adoc|html?|pdf)$/i;

/** `commandcenter ingest <files|folder|url|.jsonl>` */
export function addIngest(program: Command): void {
  program
    .command('ingest')
    .argument('<sources...>', 'files, folders, URLs, or .jsonl files of {externalId, title, text}')
    .description('add documents to the knowledge base')
    .option('--detach', 'do not wait for the end')
    .option('--json', 'print JSON')
    .action((sources: string[], options: IngestOptions) =>
      withClient(async (client) => {
        const summary = { documents: 0, unchanged: 0, failed: [] as { source: string; message: string }[] };
        const jobs: Job[] = [];
        for (const source of sources) {
          if (/^https?:\/\//i.test(source))
            jobs.push((await client.request<{ job: Job }>('POST', '/documents:fetch', { url: source })).job);
          else if (source.endsWith('.jsonl')) await ingestLines(client, source, summary);
          else jobs.push(...(await uploadPath(client, source)));
        }
        if (!options.detach)
          await waitForJobs(
            client,
            jobs.map((job) => job.rootId),
          );
        print(options, { ...summary, jobs: jobs.map((job) => job.id) }, () =>
          [
            `${count(summary.documents + jobs.length, 'source')} taken in${summary.unchanged > 0 ? `, ${summary.unchanged} unchanged` : ''}.`,
            ...summary.failed.map(({ source, message }) => `  ${source}: ${message}`),
          ].join('\n'),
        );
        if (summary.failed.length > 0)
          throw appError(
            'documents-failed',
            422,
            `${count(summary.failed.length, 'document')} could not be read.`,
          );
      }),
    );
}

async function ingestLines(
  client: Client,
  path: string,
  summary: { documents: number; unchanged: number; failed: { source: string; message: string }[] },
): Promise<void> {
  let batch: unknown[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const { items } = await client.request<BatchAnswer>('POST', '/documents:batch', { documents: batch });
    for (const item of items) {
      if (item.status === 'failed')
        summary.failed.push({ source: item.externalId, message: item.problem?.message ?? 'failed' });
      else if (item.status === 'unchanged') summary.unchanged += 1;
      else summary.documents += 1;
    }
    batch = [];
    characters = 0;
  };
  await requireReadable(path);
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    if (line.trim() === '') continue;
    batch.push(parseLine(line, `${path}:${number}`));
    characters += line.length;
    if (batch.length >= BATCH_DOCUMENTS || characters >= BATCH_CHARACTERS) await flush();
  }
  await flush();
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw appError('line-not-json', 422, `${place} is not JSON.`, {
      remedy: 'Each line must be an object like {"externalId": "1", "title": "…", "text": "…"}.',
      cause,
    });
  }
}

async function uploadPath(client: Client, source: string): Promise<Job[]> {
  const isFolder = (await requireReadable(source)).isDirectory();
  const files = isFolder ? await listDocuments(source) : [source];
  if (files.length === 0) throw appError('no-documents', 422, `${source} holds no documents.`);
  const jobs: Job[] = [];
  for (let start = 0; start < files.length; start += UPLOAD_FILES) {
    const form = new FormData();
    for (const file of files.slice(start, start + UPLOAD_FILES)) {
      const name = isFolder ? relative(source, file) : basename(file);
      form.append('file', new Blob([await readFile(file)]), name);
    }
    const answer = await client.request<{ job: Job | null }>('POST', '/documents', form);
    if (answer.job) jobs.push(answer.job);
  }
  return jobs;
}

async function listDocuments(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(
      (entry) =>
        entry.isFile() &&
        DOCUMENT.test(entry.name) &&
        !/(^|\/)(\.git|node_modules)(\/|$)/.test(entry.parentPath),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function requireReadable(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    throw appError(
      'file-not-readable',
      404,
      `${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'}).`,
      { cause },
    );
  }
}
