import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, appError } from '#platform/errors/index.ts';

interface Version {
  id: string;
  body: Buffer;
  lockedUntil: Date | undefined;
  lockMode: string | undefined;
}

/** What goes wrong; each is set and taken away by a test while the server runs. */
export interface S3Faults {
  /** Connections are cut as soon as something is asked. */
  down?: boolean;
  /** So many requests are answered 503 SlowDown. */
  busy?: number;
  /** Requests without an answer. */
  silent?: boolean;
  delayMs?: number;
  denied?: boolean;
  /** Of each object only so many bytes are sent, then the connection ends. */
  truncateAt?: number;
  /** One bit of what is fetched under a key that ends so is another one. */
  flipIn?: string;
  /** The next object that is put arrives changed. */
  corruptNextPut?: boolean;
}

export interface S3Server {
  readonly url: string;
  readonly faults: S3Faults;
  /** Method and path of all that was asked, in order. */
  readonly requests: string[];
  keys(): string[];
  body(key: string): Buffer | undefined;
  lockOf(key: string): { mode: string | undefined; until: Date | undefined };
  forget(key: string): void;
  close(): Promise<void>;
}

/** The part of S3 that copies use, in memory, with faults; signatures are not looked at. */
export async function startS3Server(options: { bucket: string; locking?: boolean }): Promise<S3Server> {
  const objects = new Map<string, Version[]>();
  const uploads = new Map<string, { parts: Map<number, Buffer>; headers: IncomingMessage['headers'] }>();
  const faults: S3Faults = {};
  const requests: string[] = [];
  const store = { ...options, objects, uploads, faults };

  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void answer(request, response, store).catch((error: unknown) => {
      if (error instanceof AppError) refuse(response, error);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const newest = (key: string) => objects.get(key)?.at(-1);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    requests,
    keys: () =>
      [...objects]
        .filter(([, versions]) => versions.length > 0)
        .map(([key]) => key)
        .sort(),
    body: (key) => newest(key)?.body,
    lockOf: (key) => ({ mode: newest(key)?.lockMode, until: newest(key)?.lockedUntil }),
    forget: (key) => void objects.delete(key),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Store {
  bucket: string;
  locking?: boolean;
  objects: Map<string, Version[]>;
  uploads: Map<string, { parts: Map<number, Buffer>; headers: IncomingMessage['headers'] }>;
  faults: S3Faults;
}

const refusal = (status: number, code: string): AppError => appError(code, status, code);

function refuse(response: ServerResponse, { status, code }: AppError): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

async function answer(request: IncomingMessage, response: ServerResponse, store: Store): Promise<void> {
  const { faults } = store;
  if (faults.down) return void request.socket.destroy();
  const body = await readBody(request);
  if (faults.silent) return;
  if (faults.delayMs) await sleep(faults.delayMs);
  if (faults.denied) throw refusal(403, 'AccessDenied');
  if (faults.busy) {
    faults.busy -= 1;
    throw refusal(503, 'SlowDown');
  }
  const url = new URL(request.url ?? '', 'http://s3');
  const [bucket, ...rest] = decodeURIComponent(url.pathname).slice(1).split('/');
  if (bucket !== store.bucket) throw refusal(404, 'NoSuchBucket');
  const key = rest.join('/');
  const asked = { request, response, body, key, query: url.searchParams, store };
  if (key === '') return listing(asked);
  if (request.method === 'PUT') return put(asked);
  if (request.method === 'POST') return post(asked);
  if (request.method === 'DELETE') return remove(asked);
  return get(asked);
}

interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  body: Buffer;
  key: string;
  query: URLSearchParams;
  store: Store;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function put({ request, response, body, key, query, store }: Asked): void {
  const told = request.headers['x-amz-checksum-sha256'];
  if (store.faults.corruptNextPut && body.length > 0) {
    store.faults.corruptNextPut = false;
    body[0] = (body[0] ?? 0) ^ 1;
  }
  if (told !== createHash('sha256').update(body).digest('base64')) throw refusal(400, 'BadDigest');
  const uploadId = query.get('uploadId');
  if (uploadId === null) {
    keep(store, key, body, request.headers);
  } else {
    const upload = store.uploads.get(uploadId);
    if (!upload) throw refusal(404, 'NoSuchUpload');
    upload.parts.set(Number(query.get('partNumber')), body);
  }
  response.setHeader('etag', `"${createHash('md5').update(body).digest('hex')}"`);
  response.end();
}

function keep(store: Store, key: string, body: Buffer, headers: IncomingMessage['headers']): void {
  const until = headers['x-amz-object-lock-retain-until-date'];
  const mode = headers['x-amz-object-lock-mode'];
  if (until !== undefined && !store.locking) throw refusal(400, 'InvalidRequest');
  const version: Version = {
    id: randomBytes(8).toString('hex'),
    body,
    lockedUntil: until === undefined ? undefined : new Date(String(until)),
    lockMode: mode === undefined ? undefined : String(mode),
  };
  store.objects.set(key, store.locking ? [...(store.objects.get(key) ?? []), version] : [version]);
}

function post({ request, response, key, query, store }: Asked): void {
  response.setHeader('content-type', 'application/xml');
  if (query.has('uploads')) {
    const id = randomBytes(8).toString('hex');
    store.uploads.set(id, { parts: new Map(), headers: request.headers });
    response.end(
      `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
    return;
  }
  const id = query.get('uploadId') ?? '';
  const upload = store.uploads.get(id);
  if (!upload) throw refusal(404, 'NoSuchUpload');
  const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
  keep(store, key, Buffer.concat(parts), upload.headers);
  store.uploads.delete(id);
  response.end(
    `<CompleteMultipartUploadResult><Key>${key}</Key><ETag>"x-${parts.length}"</ETag></CompleteMultipartUploadResult>`,
  );
}

function remove({ response, key, query, store }: Asked): void {
  const uploadId = query.get('uploadId');
  if (uploadId !== null) store.uploads.delete(uploadId);
  else {
    const versions = store.objects.get(key) ?? [];
    const wanted = query.get('versionId');
    const going = versions.filter(({ id }) => wanted === null || id === wanted);
    if (
      store.locking &&
      wanted !== null &&
      going.some(({ lockedUntil }) => lockedUntil && lockedUntil > new Date())
    ) {
      throw refusal(403, 'AccessDenied');
    }
    // In a bucket with versions a plain removal hides what is there, and takes nothing away.
    const left = versions.filter((version) => !going.includes(version));
    if (!store.locking || wanted !== null) store.objects.set(key, left);
  }
  response.writeHead(204).end();
}

function get({ request, response, key, store }: Asked): void {
  const version = store.objects.get(key)?.at(-1);
  if (!version) throw refusal(404, 'NoSuchKey');
  const { truncateAt, flipIn } = store.faults;
  response.writeHead(200, { 'content-length': version.body.length, etag: '"x"' });
  if (request.method === 'HEAD') return void response.end();
  const body = Buffer.from(version.body);
  if (flipIn !== undefined && key.endsWith(flipIn)) {
    const at = Math.floor(body.length / 2);
    body[at] = (body[at] ?? 0) ^ 4;
  }
  if (truncateAt === undefined || truncateAt >= body.length) return void response.end(body);
  response.write(body.subarray(0, truncateAt), () => response.destroy());
}

const PAGE = 100;

function listing({ response, query, store }: Asked): void {
  const prefix = query.get('prefix') ?? '';
  const kept = [...store.objects].filter(([key, versions]) => key.startsWith(prefix) && versions.length > 0);
  const sorted = kept.sort(([a], [b]) => (a < b ? -1 : 1));
  response.setHeader('content-type', 'application/xml');
  if (query.has('versions')) {
    const rows = sorted.flatMap(([key, versions]) =>
      versions.map(({ id }) => `<Version><Key>${key}</Key><VersionId>${id}</VersionId></Version>`),
    );
    response.end(`<ListVersionsResult><IsTruncated>false</IsTruncated>${rows.join('')}</ListVersionsResult>`);
    return;
  }
  const from = Number(query.get('continuation-token') ?? 0);
  const page = sorted.slice(from, from + PAGE);
  const more = from + PAGE < sorted.length;
  const rows = page.map(
    ([key, versions]) => `<Contents><Key>${key}</Key><Size>${versions.at(-1)?.body.length}</Size></Contents>`,
  );
  const next = more ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
  response.end(
    `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`,
  );
}
