import { Type } from 'typebox';
import { type App, decodeIdCursor, encodeCursor, pageOf, pageQuery } from '#platform/http/index.ts';
import { jobSchema } from '#platform/jobs/index.ts';
import {
  repositoryAndJob,
  repositorySchema,
  repositoryState,
  statisticsSchema,
  trackRepositoryBody,
  updateRepositoryBody,
} from './schema.ts';
import {
  archiveRepository,
  getRepository,
  getStatistics,
  listRepositories,
  syncRepository,
  trackRepository,
  updateRepository,
} from './service.ts';
import { trackSample } from './track-sample.ts';

const tags = ['repositories'];
const params = Type.Object({ id: Type.String() });

/** Tracked repositories: list, track, change, archive, sync. */
export async function repositoryRoutes(app: App): Promise<void> {
  app.get(
    '/repositories',
    {
      schema: {
        tags,
        summary: 'List tracked repositories, newest first',
        querystring: Type.Object({
          ...pageQuery,
          state: Type.Optional(repositoryState),
          archived: Type.Optional(Type.Boolean({ description: 'Also list archived repositories.' })),
        }),
        response: { 200: pageOf(repositorySchema) },
      },
      config: { permission: 'viewer' },
    },
    async ({ context, query }) => {
      const { cursor, limit, ...filter } = query;
      const before = decodeIdCursor(cursor);
      const items = await listRepositories(context, { ...filter, before, limit: limit + 1 });
      const page = items.slice(0, limit);
      const last = page.at(-1);
      return { items: page, nextCursor: items.length > limit && last ? encodeCursor(last.id) : null };
    },
  );
  app.post(
    '/repositories',
    {
      schema: {
        tags,
        summary: 'Track a repository',
        body: trackRepositoryBody,
        response: { 201: repositoryAndJob },
      },
      config: { permission: 'editor' },
    },
    async ({ context, body }, reply) => reply.code(201).send(await trackRepository(context, body)),
  );
  app.post(
    '/repositories::sample',
    {
      schema: { tags, summary: 'Track the sample project', response: { 201: repositoryAndJob } },
      config: { permission: 'editor' },
    },
    async ({ context }, reply) => reply.code(201).send(await trackSample(context)),
  );
  await app.register(oneRepositoryRoutes);
}

async function oneRepositoryRoutes(app: App): Promise<void> {
  app.get(
    '/repositories/:id',
    {
      schema: { tags, summary: 'Get a repository', params, response: { 200: repositorySchema } },
      config: { permission: 'viewer' },
    },
    ({ context, params: { id } }) => getRepository(context, id),
  );
  app.patch(
    '/repositories/:id',
    {
      schema: {
        tags,
        summary: 'Change a repository',
        params,
        body: updateRepositoryBody,
        response: { 200: repositorySchema },
      },
      config: { permission: 'editor' },
    },
    ({ context, params: { id }, body }) => updateRepository(context, id, body),
  );
  app.delete(
    '/repositories/:id',
    {
      schema: {
        tags,
        summary: 'Archive a repository; nothing is deleted',
        params,
        response: { 200: repositorySchema },
      },
      config: { permission: 'editor' },
    },
    ({ context, params: { id } }) => archiveRepository(context, id),
  );
  app.post(
    '/repositories/:id/sync',
    {
      schema: {
        tags,
        summary: 'Bring a repository up to date',
        params,
        querystring: Type.Object({
          rescan: Type.Optional(
            Type.Boolean({ description: 'Read everything again though nothing changed.' }),
          ),
        }),
        response: { 202: Type.Object({ job: jobSchema }) },
      },
      config: { permission: 'editor' },
    },
    async ({ context, params: { id }, query }, reply) =>
      reply.code(202).send({ job: await syncRepository(context, id, query) }),
  );
  app.get(
    '/repositories/:id/statistics',
    {
      schema: {
        tags,
        summary: 'Languages, contributors, branches and activity',
        params,
        response: { 200: statisticsSchema },
      },
      config: { permission: 'viewer' },
    },
    ({ context, params: { id } }) => getStatistics(context, id),
  );
}
