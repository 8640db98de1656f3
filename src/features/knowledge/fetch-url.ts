import { basename } from 'node:path';
import { type Context, recordActivity } from '#platform/context/index.ts';
import { AppError, appError, notFound, safeMessage } from '#platform/errors/index.ts';
import { type FetchedResponse, parseTarget } from '#platform/http-client/index.ts';
import { type JobHandle, startJob } from '#platform/jobs/index.ts';
import { announceChange, contentHash, parse, toPending, toWrite } from './ingest.ts';
import { limits } from './parsing/limits.ts';
import type { DocumentAndJob } from './schema.ts';
import {
  type Origin,
  selectDocument,
  selectKnown,
  selectSummaries,
  updateDocument,
  updateGone,
  updateRestored,
  upsertDocuments,
} from './store.ts';
import type { DocumentProblem, DocumentRow } from './tables.ts';
import { toDocument } from './to-document.ts';

const URLS: Origin = { source: 'url', repositoryId: null };
/** The kind of the job that fetches pages; its definition is in jobs.ts. */
export const FETCH_URL = { kind: 'knowledge.fetchUrl' } as const;
const FETCH_TIMEOUT_MS = 60_000;

/** Makes a document of a page, or reads the page again; a job fetches it. */
export async function fetchDocument(context: Context, input: { url: string }): Promise<DocumentAndJob> {
  const url = parseTarget(input.url.trim());
  // What follows the # is the same page.
  url.hash = '';
  return context.transaction(async (tx) => {
    const at = context.platform.clock.now();
    let known = (await selectKnown(tx, URLS, [url.href])).get(url.href);
    if (!known) {
      await upsertDocuments(tx, URLS, [pendingPage(url)], at);
      known = (await selectKnown(tx, URLS, [url.href])).get(url.href);
    }
    if (!known) throw notFound('document', url.href);
    if (known.state === 'gone') await updateRestored(tx, [known.id], { kept: false, at });
    await recordActivity(tx, context, {
      action: 'knowledge.fetchUrl',
      subjectKind: 'document',
      subjectId: known.id,
      after: { url: url.href },
    });
    const job = await startJob(context, tx, FETCH_URL, { documentId: known.id });
    const [row] = await selectSummaries(tx, [known.id]);
    if (!row) throw notFound('document', known.id);
    return { document: toDocument(row), job };
  });
}

function pendingPage(url: URL) {
  return toPending({
    externalId: url.href,
    path: null,
    uri: url.href,
    contentHash: '',
    bytes: 0,
    commit: null,
    fileKey: null,
    fallbackTitle: url.href.slice(0, 300),
    fallbackMediaType: 'text/html',
  });
}

/** Fetches the page of a document. A page that can't be had now doesn't take away what was read before. */
export async function fetchUrl(
  context: Context,
  input: { documentId: string },
  job: JobHandle,
): Promise<{ state: string } | null> {
  const row = await context.transaction((tx) => selectDocument(tx, input.documentId));
  if (row?.source !== 'url' || row.state === 'gone') return null;
  job.progress({ phase: 'fetch' });
  try {
    const response = await context.platform.http.fetch(row.externalId, {
      timeoutMs: FETCH_TIMEOUT_MS,
      maxBytes: limits.bytes,
      signal: context.signal,
      headers: { accept: 'text/html, text/markdown, text/plain, application/pdf;q=0.9, */*;q=0.5' },
    });
    if (response.status === 404 || response.status === 410)
      return await markLeft(context, row, response, job);
    if (response.status !== 200) throw unexpectedStatus(response);
    job.progress({ phase: 'read' });
    return await storePage(context, row, response, job);
  } catch (error) {
    if (!context.signal.aborted) await noteProblem(context, row, problemOf(error), job);
    throw error;
  }
}

function unexpectedStatus({ status, url }: FetchedResponse): AppError {
  const host = new URL(url).host;
  if (status === 401 || status === 403) {
    return appError('url-forbidden', 403, `${host} does not give this page to everybody (${status}).`, {
      remedy: 'Save the page and upload the file.',
    });
  }
  // Only a server that is in trouble is worth asking again.
  return appError(
    'url-failed',
    status === 429 || status >= 500 ? 502 : 422,
    `${host} answered with ${status}.`,
  );
}

function problemOf(error: unknown): DocumentProblem {
  if (!(error instanceof AppError)) return { code: 'fetch-failed', message: safeMessage(error) };
  return { code: error.code, message: error.message, ...(error.remedy ? { remedy: error.remedy } : {}) };
}

async function storePage(
  context: Context,
  row: DocumentRow,
  response: FetchedResponse,
  job: JobHandle,
): Promise<{ state: string }> {
  const mediaType = response.headers['content-type'];
  const hash = contentHash('url', mediaType ?? '', response.url, response.body);
  if (hash === row.contentHash && row.state === 'ready') {
    if (row.problem) await context.transaction((tx) => updateDocument(tx, row.id, { problem: null }));
    return { state: 'unchanged' };
  }
  const name = basename(new URL(response.url).pathname);
  const outcome = await parse(context, { content: response.body, name, mediaType });
  const provenance = {
    externalId: row.externalId,
    path: null,
    uri: response.url,
    contentHash: hash,
    bytes: response.body.length,
    commit: null,
    fileKey: null,
    fallbackTitle: row.title,
    fallbackMediaType: mediaType?.split(';')[0] ?? 'application/octet-stream',
  };
  const write = toWrite(provenance, outcome);
  await context.transaction(async (tx) => {
    await upsertDocuments(tx, URLS, [write], context.platform.clock.now());
    await announceChange(context, tx, job);
  });
  return { state: write.state };
}

/** A page that once was there has left its source; one that never was is a problem. */
async function markLeft(
  context: Context,
  row: DocumentRow,
  response: FetchedResponse,
  job: JobHandle,
): Promise<{ state: string }> {
  if (row.chunkCount === 0 || row.kept) {
    throw appError(
      'url-not-found',
      404,
      `There is no such page on ${new URL(response.url).host} (${response.status}).`,
      {
        remedy: 'Look whether the address is right.',
      },
    );
  }
  await context.transaction(async (tx) => {
    await updateGone(tx, [row.id], { reason: 'left-source', at: context.platform.clock.now() });
    await announceChange(context, tx, job);
  });
  return { state: 'gone' };
}

async function noteProblem(
  context: Context,
  row: DocumentRow,
  problem: DocumentProblem,
  job: JobHandle,
): Promise<void> {
  await context.transaction(async (tx) => {
    const hasText = row.state === 'ready';
    const updatedAt = context.platform.clock.now();
    await updateDocument(tx, row.id, {
      problem,
      updatedAt,
      ...(hasText ? {} : { state: 'failed', indexState: 'dirty' }),
    });
    if (!hasText) await announceChange(context, tx, job);
  });
}
