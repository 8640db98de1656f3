import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { type Context, recordActivity } from '#platform/context/index.ts';
import type { JobHandle } from '#platform/jobs/index.ts';
import { startJob } from '#platform/jobs/index.ts';
import { announceChange, contentHash, parse, toPending, toWrite } from './ingest.ts';
import { limits, tooLarge } from './parsing/limits.ts';
import type { ParseOutcome } from './parsing/parse-document.ts';
import type { UploadResult } from './schema.ts';
import {
  type DocumentWrite,
  type Origin,
  selectDocument,
  selectKnown,
  selectSummaries,
  updateRestored,
  upsertDocuments,
} from './store.ts';
import { toDocument } from './to-document.ts';

const UPLOAD: Origin = { source: 'upload', repositoryId: null };
/** The kind of the job that reads uploads; its definition is in jobs.ts. */
export const INGEST_UPLOAD = { kind: 'knowledge.ingestUpload' } as const;

/** A file that stands on the disk and is no document yet. */
export interface StoredFile {
  name: string;
  mediaType: string;
  key: string;
  bytes: number;
  hash: string;
}

/** Puts a file on the disk as it streams in. A file over the limit is cut there; it gets a problem later. */
export async function storeFile(
  context: Context,
  file: { name: string; mediaType: string; stream: Readable },
): Promise<StoredFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      hash.update(piece);
      done(null, piece);
    },
  });
  file.stream.once('error', (error) => measure.destroy(error));
  const key = await context.platform.files.write(file.stream.pipe(measure));
  return { name: cleanName(file.name), mediaType: file.mediaType, key, bytes, hash: hash.digest('hex') };
}

/** A relative path with forward slashes that stays inside its folder; it is only a name, never opened. */
function cleanName(name: string): string {
  const parts = name
    .replaceAll('\\', '/')
    .replace(/\p{Cc}/gu, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.join('/').toWellFormed().slice(-1_000) || 'unnamed';
}

/** Makes documents of stored files; a job reads them. A file of the same name takes the place of the one before. */
export async function addUploads(context: Context, files: readonly StoredFile[]): Promise<UploadResult> {
  const byName = new Map(files.map((file) => [file.name, file]));
  const obsolete = files.filter((file) => byName.get(file.name) !== file).map(({ key }) => key);
  const result = await context.transaction(async (tx) => {
    const at = context.platform.clock.now();
    const known = await selectKnown(tx, UPLOAD, [...byName.keys()]);
    const writes: DocumentWrite[] = [];
    for (const file of byName.values()) {
      const before = known.get(file.name);
      const write = toPending(provenanceOf(file));
      const isSame = before?.contentHash === write.contentHash;
      if (isSame) obsolete.push(file.key);
      else writes.push(write);
      if (!isSame && before?.fileKey) obsolete.push(before.fileKey);
    }
    const returned = [...known.values()].filter(
      ({ state, externalId }) => state === 'gone' && !writes.some((write) => write.externalId === externalId),
    );
    await updateRestored(
      tx,
      returned.map(({ id }) => id),
      { kept: false, at },
    );
    const saved = await upsertDocuments(tx, UPLOAD, writes, at);
    const ids = [...new Set([...known.values()].map(({ id }) => id).concat(saved.map(({ id }) => id)))];
    for (const { id, externalId } of saved) {
      await recordActivity(tx, context, {
        action: 'knowledge.upload',
        subjectKind: 'document',
        subjectId: id,
        after: { name: externalId },
      });
    }
    const documents = (await selectSummaries(tx, ids)).map(toDocument);
    if (saved.length + returned.length > 0) await announceChange(context, tx);
    if (saved.length === 0) return { documents };
    return {
      documents,
      job: await startJob(context, tx, INGEST_UPLOAD, { documentIds: saved.map(({ id }) => id) }),
    };
  });
  for (const key of obsolete) await context.platform.files.remove(key);
  return result;
}

function provenanceOf(file: StoredFile) {
  return {
    externalId: file.name,
    path: file.name,
    uri: null,
    contentHash: contentHash('file', file.name, file.hash),
    bytes: file.bytes,
    commit: null,
    fileKey: file.key,
    fallbackTitle: basename(file.name),
    fallbackMediaType: file.mediaType,
  };
}

export interface UploadIngest {
  ready: number;
  failed: number;
}

/** Reads uploaded files, each in its own transaction: what a stop left is read by the next run. */
export async function ingestUpload(
  context: Context,
  input: { documentIds: string[] },
  job: JobHandle,
): Promise<UploadIngest> {
  const summary = { ready: 0, failed: 0 };
  for (const [done, id] of input.documentIds.entries()) {
    context.signal.throwIfAborted();
    job.progress({ phase: 'read', done, total: input.documentIds.length });
    const state = await ingestOne(context, id, job);
    if (state) summary[state] += 1;
  }
  job.progress({ phase: 'read', done: input.documentIds.length, total: input.documentIds.length });
  return summary;
}

async function ingestOne(
  context: Context,
  id: string,
  job: JobHandle,
): Promise<'ready' | 'failed' | undefined> {
  const row = await context.transaction((tx) => selectDocument(tx, id));
  const key = row?.fileKey;
  if (row?.state !== 'pending' || !key) return undefined;
  const outcome = await readStored(context, {
    key,
    name: row.externalId,
    mediaType: row.mediaType,
    bytes: row.bytes,
  });
  const write = toWrite({ ...row, fallbackTitle: row.title, fallbackMediaType: row.mediaType }, outcome);
  return context.transaction(async (tx) => {
    // A newer file of the same name has its own job.
    const present = await selectDocument(tx, id);
    if (present?.fileKey !== key || present.state !== 'pending') return undefined;
    await upsertDocuments(tx, UPLOAD, [write], context.platform.clock.now());
    await announceChange(context, tx, job);
    return outcome.document ? 'ready' : 'failed';
  });
}

async function readStored(
  context: Context,
  file: { key: string; name: string; mediaType: string; bytes: number },
): Promise<ParseOutcome> {
  if (file.bytes > limits.bytes) return { problem: tooLarge(file.bytes, limits.bytes).problem };
  try {
    const content = await context.platform.files.read(file.key);
    return await parse(context, { content, name: file.name, mediaType: file.mediaType });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {
      problem: {
        code: 'file-missing',
        message: 'The uploaded file is no longer on the disk.',
        remedy: 'Upload it again.',
      },
    };
  }
}
