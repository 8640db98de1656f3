import multipart from '@fastify/multipart';
import { type Static, Type } from 'typebox';
import type { Context } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { type App, decodeIdCursor, encodeCursor, pageOf } from '#platform/http/index.ts';
import { askRoutes } from './ask/routes.ts';
import { limits } from './parsing/limits.ts';
import {
  batchBody,
  batchResult,
  documentAndJob,
  documentDetailSchema,
  documentSchema,
  fetchBody,
  listDocumentsQuery,
  uploadResult,
} from './schema.ts';
import { searchRoutes } from './search/routes.ts';
import {
  addUploads,
  fetchDocument,
  getDocument,
  ingestBatch,
  listDocuments,
  removeDocument,
  restoreDocument,
  retryDocument,
  type StoredFile,
  storeFile,
} from './service.ts';

const tags = ['knowledge'];
const params = Type.Object({ id: Type.String() });
const MAX_FILES = 100;

/** Documents, search and answers. */
export async function knowledgeRoutes(app: App): Promise<void> {
  await app.register(readRoutes);
  await app.register(addRoutes);
  await app.register(changeRoutes);
  await app.register(uploadRoutes);
  await app.register(searchRoutes);
  await app.register(askRoutes);
}

async function readRoutes(app: App): Promise<void> {
  app.get(
    '/documents',
    {
      schema: {
        tags,
        summary: 'List documents, newest first',
        querystring: listDocumentsQuery,
        response: { 200: pageOf(documentSchema) },
      },
      config: { permission: 'viewer' },
    },
    ({ context, query }) => listPage(context, query),
  );
  app.get(
    '/documents/:id',
    {
      schema: {
        tags,
        summary: 'Get a document with its text',
        params,
        response: { 200: documentDetailSchema },
      },
      config: { permission: 'viewer' },
    },
    ({ context, params: { id } }) => getDocument(context, id),
  );
}

/** A thousand documents of some size. */
const BATCH_BYTES = 32 * 1024 * 1024;

async function addRoutes(app: App): Promise<void> {
  app.post(
    // A doubled colon stands for one in a route.
    '/documents::batch',
    {
      bodyLimit: BATCH_BYTES,
      schema: {
        tags,
        summary: 'Add or update up to 1,000 documents',
        description: 'What the answer names is stored. Sending the same again changes nothing.',
        body: batchBody,
        response: { 200: batchResult },
      },
      config: { permission: 'editor', foreignText: true },
    },
    ({ context, body }) => ingestBatch(context, body),
  );
  app.post(
    '/documents::fetch',
    {
      schema: {
        tags,
        summary: 'Add a page by its URL, or fetch it again',
        body: fetchBody,
        response: { 202: documentAndJob },
      },
      config: { permission: 'editor' },
    },
    async ({ context, body }, reply) => reply.code(202).send(await fetchDocument(context, body)),
  );
}

async function changeRoutes(app: App): Promise<void> {
  app.post(
    '/documents/:id/retry',
    {
      schema: { tags, summary: 'Read a document again', params, response: { 202: documentAndJob } },
      config: { permission: 'editor' },
    },
    async ({ context, params: { id } }, reply) => reply.code(202).send(await retryDocument(context, id)),
  );
  app.post(
    '/documents/:id/restore',
    {
      schema: {
        tags,
        summary: 'Bring back a document that is gone',
        params,
        response: { 200: documentSchema },
      },
      config: { permission: 'editor' },
    },
    ({ context, params: { id } }) => restoreDocument(context, id),
  );
  app.delete(
    '/documents/:id',
    {
      schema: {
        tags,
        summary: 'Take a document out of search',
        description: 'It is kept and can be restored.',
        params,
        response: { 200: documentSchema },
      },
      config: { permission: 'editor' },
    },
    ({ context, params: { id } }) => removeDocument(context, id),
  );
}

async function listPage(context: Context, query: Static<typeof listDocumentsQuery>) {
  const { cursor, limit, repository, ...filter } = query;
  const before = decodeIdCursor(cursor);
  const { items, total } = await listDocuments(context, {
    ...filter,
    repositoryId: repository,
    before,
    limit: limit + 1,
  });
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { items: page, nextCursor: items.length > limit && last ? encodeCursor(last.id) : null, total };
}

/** In a scope of its own, so that only uploads are read as multipart. */
async function uploadRoutes(app: App): Promise<void> {
  // One byte more than is read tells a file that is too large from one that just fits.
  await app.register(multipart, {
    preservePath: true,
    throwFileSizeLimit: false,
    limits: { fileSize: limits.bytes + 1, files: MAX_FILES, fields: 10 },
  });
  app.post(
    '/documents',
    {
      schema: {
        tags,
        summary: `Upload up to ${MAX_FILES} files`,
        description: 'multipart/form-data with one part a file; the name of a file is its identity.',
        consumes: ['multipart/form-data'],
        response: { 202: uploadResult },
      },
      config: { permission: 'editor' },
    },
    async (request, reply) => {
      if (!request.isMultipart()) {
        throw appError('not-multipart', 415, 'Files are uploaded as multipart/form-data.', {
          remedy: 'Use POST /documents:batch for texts.',
        });
      }
      const stored: StoredFile[] = [];
      try {
        for await (const part of request.files()) {
          const { filename: name, mimetype: mediaType, file: stream } = part;
          stored.push(await storeFile(request.context, { name, mediaType, stream }));
        }
      } catch (error) {
        throw isBrokenUpload(error) ? brokenUpload(error) : error;
      }
      if (stored.length === 0)
        throw appError('no-file', 400, 'The upload has no file.', {
          remedy: 'Send one part a file, with a file name.',
        });
      return reply.code(202).send(await addUploads(request.context, stored));
    },
  );
}

/** The parser of uploads has no codes for what it finds wrong with them. */
const isBrokenUpload = (error: unknown): error is Error =>
  error instanceof Error && /end of multipart data|boundary not found/i.test(error.message);

const brokenUpload = (cause: Error) =>
  appError('upload-broken', 400, 'The upload ends too early, or is no proper multipart/form-data.', {
    remedy: 'Send it again; nothing of it was added.',
    cause,
  });
