import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AppError } from '#platform/errors/index.ts';
import { type OffSiteObject, type OffSiteStore, type OffSiteUpload, offSiteProblem } from './off-site.ts';
import { observe } from './off-site-stream.ts';
import type { S3Options } from './s3-options.ts';

const CONNECT_MS = 10_000;
const DAY_MS = 86_400_000;
/** What is larger is sent in parts of this size, of which two are in memory at a time. S3 takes 10,000 of them. */
const PART_BYTES = 16 * 1024 ** 2;
const MOST_PARTS = 9_000;
const PARTS_AT_ONCE = 2;

/** A request that S3 itself asks to send again is, so often. */
const CLIENT_ATTEMPTS = 3;

/** Copies in a bucket of S3 or of a store that speaks like it. */
export async function openS3Store(options: S3Options & { silenceMs: number }): Promise<OffSiteStore> {
  const { endpoint, credentials, bucket, prefix, silenceMs } = options;
  const client = new S3Client({
    region: options.region,
    forcePathStyle: options.pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: CLIENT_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: silenceMs },
    // What is sent has a checksum in any case; stores that are not S3 know no others.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const name = `s3://${bucket}/${prefix}`;
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explain(name, error);
    }
  };
  const at = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });
  return {
    name,
    put: (upload, signal) =>
      explained(() => putObject(client, at(upload.key), upload, { ...options, signal })),
    get: (key, signal) =>
      explained(async () => {
        const { Body } = await client.send(new GetObjectCommand(at(key)), { abortSignal: signal });
        const body = Body as Readable;
        const watched = observe({ silenceMs });
        body.on('error', (error) => watched.destroy(error));
        // A connection that ends early is told by `aborted` only.
        body.on('close', () => body.readableEnded || watched.destroy(new Error('the answer was cut off')));
        watched.on('close', () => body.destroy());
        return body.pipe(watched);
      }),
    list: (start, signal) => explained(() => listObjects(client, { bucket, prefix, start, signal })),
    remove: (key, signal) =>
      explained(() => removeObject(client, at(key), { versions: options.lock !== undefined, signal })),
    close: () => client.destroy(),
  };
}

async function putObject(
  client: S3Client,
  at: { Bucket: string; Key: string },
  { open, size, sha256 }: OffSiteUpload,
  { lock, signal, bucket }: S3Options & { signal: AbortSignal },
): Promise<void> {
  const source = open();
  const upload = new Upload({
    client,
    params: {
      ...at,
      Body: source,
      ChecksumAlgorithm: 'SHA256',
      Metadata: { sha256 },
      ...(lock
        ? {
            ObjectLockMode: lock.mode,
            ObjectLockRetainUntilDate: new Date(Date.now() + lock.days * DAY_MS),
          }
        : {}),
    },
    partSize: Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS)),
    queueSize: PARTS_AT_ONCE,
  });
  const stop = (): void => void upload.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await upload.done();
  } finally {
    signal.removeEventListener('abort', stop);
    source.destroy();
  }
  const stored = await client.send(new HeadObjectCommand(at), { abortSignal: signal });
  if (stored.ContentLength !== size) throw offSiteProblem(`s3://${bucket}/${at.Key}`, 'damaged');
}

async function listObjects(
  client: S3Client,
  { bucket, prefix, start, signal }: { bucket: string; prefix: string; start: string; signal: AbortSignal },
): Promise<OffSiteObject[]> {
  const found: OffSiteObject[] = [];
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}${start}` });
  for await (const { Contents = [] } of pages) {
    signal.throwIfAborted();
    for (const { Key = '', Size = 0 } of Contents) found.push({ key: Key.slice(prefix.length), size: Size });
  }
  return found;
}

/**
 * In a bucket with object lock a plain removal only hides what is there, so each version is removed; the store
 * refuses that before its time.
 */
async function removeObject(
  client: S3Client,
  at: { Bucket: string; Key: string },
  { versions, signal }: { versions: boolean; signal: AbortSignal },
): Promise<'removed' | 'locked'> {
  if (!versions) {
    await client.send(new DeleteObjectCommand(at), { abortSignal: signal });
    return 'removed';
  }
  for (const version of await versionsOf(client, at, signal)) {
    try {
      await client.send(new DeleteObjectCommand({ ...at, VersionId: version }), { abortSignal: signal });
    } catch (error) {
      if (statusOf(error) === 403) return 'locked';
      throw error;
    }
  }
  return 'removed';
}

async function versionsOf(
  client: S3Client,
  at: { Bucket: string; Key: string },
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (next) {
    const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
      Bucket: at.Bucket,
      Prefix: at.Key,
      ...next,
    });
    const page: ListObjectVersionsCommandOutput = await client.send(command, { abortSignal: signal });
    for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      if (Key === at.Key && VersionId !== undefined) found.push(VersionId);
    }
    next = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  return found;
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

function explain(name: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  if (status === 403 || status === 401) return offSiteProblem(name, 'denied', error);
  if (status === 404) return offSiteProblem(name, 'missing', error);
  if ((error as Error).name === 'BadDigest') return offSiteProblem(name, 'unavailable', error);
  if ((error as Error).name === 'CredentialsProviderError') return offSiteProblem(name, 'denied', error);
  return offSiteProblem(name, 'unavailable', error);
}
