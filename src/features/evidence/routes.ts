import { Type } from 'typebox';
import { type App, pageOf, pageQuery } from '#platform/http/index.ts';
import {
  detectionQuery,
  detectionSchema,
  ignoredPathBody,
  ignoredPathSchema,
  pinBody,
  pinSchema,
  scanSchema,
  transitiveSchema,
  verdictBody,
} from './schema.ts';
import {
  ignorePath,
  judgeDetection,
  listDetections,
  listIgnoredPaths,
  listPins,
  listScans,
  listTransitiveDependencies,
  pinPackage,
  unignorePath,
  unpinPackage,
} from './service.ts';

const tags = ['evidence'];
const params = Type.Object({ id: Type.String() });

/** What the code shows, and what people say about it. */
export async function evidenceRoutes(app: App): Promise<void> {
  app.get(
    '/detections',
    {
      schema: {
        tags,
        summary: 'List detections with their evidence',
        querystring: detectionQuery,
        response: { 200: pageOf(detectionSchema) },
      },
      config: { permission: 'viewer' },
    },
    ({ context, query }) => listDetections(context, query),
  );
  app.patch(
    '/detections/:id',
    {
      schema: {
        tags,
        summary: 'Mark a detection wrong or right; rescans keep it',
        params,
        body: verdictBody,
        response: { 200: detectionSchema },
      },
      config: { permission: 'editor' },
    },
    ({ context, params: { id }, body }) => judgeDetection(context, id, body),
  );
  app.get(
    '/scans',
    {
      schema: {
        tags,
        summary: 'List scans, newest first',
        querystring: Type.Object({
          ...pageQuery,
          repository: Type.Optional(Type.String({ format: 'uuid' })),
        }),
        response: { 200: pageOf(scanSchema) },
      },
      config: { permission: 'viewer' },
    },
    ({ context, query }) => listScans(context, query),
  );
  app.get(
    '/repositories/:id/transitive-dependencies',
    {
      schema: {
        tags,
        summary: 'List packages that only other packages ask for',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object(pageQuery),
        response: { 200: pageOf(transitiveSchema) },
      },
      config: { permission: 'viewer' },
    },
    ({ context, params: { id }, query }) => listTransitiveDependencies(context, id, query),
  );
  registerIgnoredPaths(app);
  registerPins(app);
}

function registerIgnoredPaths(app: App): void {
  app.get(
    '/ignored-paths',
    {
      schema: { tags, summary: 'List ignored paths', response: { 200: pageOf(ignoredPathSchema) } },
      config: { permission: 'viewer' },
    },
    ({ context }) => listIgnoredPaths(context),
  );
  app.post(
    '/ignored-paths',
    {
      schema: {
        tags,
        summary: 'Leave matching files out of every later scan',
        body: ignoredPathBody,
        response: { 201: ignoredPathSchema },
      },
      config: { permission: 'editor' },
    },
    async ({ context, body }, reply) => reply.code(201).send(await ignorePath(context, body)),
  );
  app.delete(
    '/ignored-paths/:id',
    { schema: { tags, summary: 'Stop ignoring a path', params }, config: { permission: 'editor' } },
    async ({ context, params: { id } }, reply) => {
      await unignorePath(context, id);
      return reply.code(204).send();
    },
  );
}

function registerPins(app: App): void {
  app.get(
    '/technology-pins',
    {
      schema: { tags, summary: 'List packages pinned to a technology', response: { 200: pageOf(pinSchema) } },
      config: { permission: 'viewer' },
    },
    ({ context }) => listPins(context),
  );
  app.post(
    '/technology-pins',
    {
      schema: {
        tags,
        summary: 'Say which technology a package stands for',
        body: pinBody,
        response: { 201: pinSchema },
      },
      config: { permission: 'editor' },
    },
    async ({ context, body }, reply) => reply.code(201).send(await pinPackage(context, body)),
  );
  app.delete(
    '/technology-pins/:id',
    { schema: { tags, summary: 'Take a pin back', params }, config: { permission: 'editor' } },
    async ({ context, params: { id } }, reply) => {
      await unpinPackage(context, id);
      return reply.code(204).send();
    },
  );
}
