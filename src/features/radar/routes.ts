import type { FastifyReply } from 'fastify';
import { appError } from '#platform/errors/index.ts';
import { type App, sendJson } from '#platform/http/index.ts';
import { listDrift } from './list-drift.ts';
import { listHistory } from './list-history.ts';
import { listMoves, moveTechnology } from './move-technology.ts';
import { getRadar, getRadarSvg } from './read-radar.ts';
import * as schema from './schema.ts';
import {
  archiveTechnology,
  createTechnology,
  getTechnology,
  listTechnologies,
  updateTechnology,
} from './service.ts';
import { getRadarSettings, updateRadarSettings } from './settings.ts';
import type { FoundTechnology } from './technology-store.ts';

/** Technologies, their moves and history, the radar itself, and drift. */
export async function radarRoutes(app: App): Promise<void> {
  technologyRoutes(app);
  changeRoutes(app);
  moveRoutes(app);
  radarViewRoutes(app);
  settingsRoutes(app);
  driftRoutes(app);
}

const params = schema.technologyParams;
const viewer = { permission: 'viewer' } as const;
const editor = { permission: 'editor' } as const;

function technologyRoutes(app: App): void {
  const tags = ['technologies'];
  app.get(
    '/technologies',
    {
      schema: {
        tags,
        summary: 'List technologies by name',
        querystring: schema.listTechnologiesQuery,
        response: { 200: schema.technologyPage },
      },
      config: viewer,
    },
    async ({ context, query }, reply) => sendJson(reply, await listTechnologies(context, query)),
  );
  app.post(
    '/technologies',
    {
      schema: {
        tags,
        summary: 'Add a technology by hand',
        body: schema.createTechnologyBody,
        response: { 201: schema.technologySchema },
      },
      config: editor,
    },
    async ({ context, body }, reply) => sendFound(reply.code(201), await createTechnology(context, body)),
  );
  app.get(
    '/technologies/:technology',
    {
      schema: { tags, summary: 'Get a technology', params, response: { 200: schema.technologySchema } },
      config: viewer,
    },
    async ({ context, params: { technology } }, reply) =>
      sendFound(reply, await getTechnology(context, technology)),
  );
}

function changeRoutes(app: App): void {
  const tags = ['technologies'];
  app.patch(
    '/technologies/:technology',
    {
      schema: {
        tags,
        summary: 'Change a technology',
        params,
        headers: schema.ifMatchHeaders,
        body: schema.updateTechnologyBody,
        response: { 200: schema.technologySchema },
      },
      config: editor,
    },
    async ({ context, params: { technology }, headers, body }, reply) =>
      withTag(reply, await updateTechnology(context, technology, readIfMatch(headers['if-match']), body)),
  );
  app.delete(
    '/technologies/:technology',
    {
      schema: {
        tags,
        summary: 'Archive a technology; nothing is deleted',
        params,
        response: { 200: schema.technologySchema },
      },
      config: editor,
    },
    async ({ context, params: { technology } }, reply) =>
      withTag(reply, await archiveTechnology(context, technology)),
  );
}

function moveRoutes(app: App): void {
  const tags = ['technologies'];
  app.get(
    '/technologies/:technology/moves',
    {
      schema: {
        tags,
        summary: 'List a technology’s judgements, newest first',
        params,
        querystring: schema.listMovesQuery,
        response: { 200: schema.movePage },
      },
      config: viewer,
    },
    ({ context, params: { technology }, query }) => listMoves(context, technology, query),
  );
  app.post(
    '/technologies/:technology/moves',
    {
      schema: {
        tags,
        summary: 'Move a technology into a ring, with the reason',
        params,
        body: schema.moveBody,
        response: { 201: schema.movedSchema },
      },
      config: editor,
    },
    async ({ context, params: { technology }, body }, reply) =>
      reply.code(201).send(await moveTechnology(context, technology, body)),
  );
  app.get(
    '/technologies/:technology/history',
    {
      schema: {
        tags,
        summary: 'What happened to a technology, in code and on the radar',
        params,
        querystring: schema.listMovesQuery,
        response: { 200: schema.historyPage },
      },
      config: viewer,
    },
    ({ context, params: { technology }, query }) => listHistory(context, technology, query),
  );
}

function radarViewRoutes(app: App): void {
  const tags = ['radar'];
  app.get(
    '/radar',
    {
      schema: {
        tags,
        summary: 'The radar, ready to draw',
        querystring: schema.radarQuery,
        response: { 200: schema.radarSchema },
      },
      config: viewer,
    },
    async ({ context, query }, reply) => sendJson(reply, await getRadar(context, query)),
  );
  app.get(
    '/radar.svg',
    {
      schema: {
        tags,
        summary: 'The radar as one SVG file',
        querystring: schema.radarQuery,
        produces: ['image/svg+xml'],
      },
      config: viewer,
    },
    async ({ context, query }, reply) =>
      reply
        .type('image/svg+xml; charset=utf-8')
        // The file carries its own style sheet and needs nothing else.
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
        .send(await getRadarSvg(context, query)),
  );
}

function settingsRoutes(app: App): void {
  const tags = ['radar'];
  app.get(
    '/radar/settings',
    {
      schema: { tags, summary: 'The quadrants', response: { 200: schema.settingsSchema } },
      config: viewer,
    },
    ({ context }) => getRadarSettings(context),
  );
  app.put(
    '/radar/settings',
    {
      schema: {
        tags,
        summary: 'Replace the quadrants',
        body: schema.settingsBody,
        response: { 200: schema.settingsSchema },
      },
      config: { permission: 'owner' },
    },
    ({ context, body }) => updateRadarSettings(context, body),
  );
}

function driftRoutes(app: App): void {
  const tags = ['radar'];
  app.get(
    '/drift',
    {
      schema: {
        tags,
        summary: 'Where code and judgements part, the gravest first',
        querystring: schema.driftQuery,
        response: { 200: schema.driftSchema },
      },
      config: viewer,
    },
    async ({ context, query }, reply) => sendJson(reply, await listDrift(context, query)),
  );
}

function sendFound(reply: FastifyReply, { json, version }: FoundTechnology): FastifyReply {
  return sendJson(reply.header('etag', `"${version}"`), json);
}

function withTag(reply: FastifyReply, technology: schema.Technology): FastifyReply {
  return reply.header('etag', `"${technology.version}"`).send(technology);
}

/** `"3"`, `W/"3"` and `3` are version 3; `*` is any. */
function readIfMatch(header: string | undefined): number | 'any' {
  if (header === undefined) {
    throw appError('if-match-needed', 428, 'A change must say which version it starts from.', {
      remedy: 'Send the technology’s version as the header If-Match.',
    });
  }
  if (header.trim() === '*') return 'any';
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (version !== undefined) return Number(version);
  throw appError('if-match-invalid', 400, `If-Match is not a version: ${header}.`, {
    remedy: 'Send the technology’s version, such as "3".',
  });
}
