import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import {
  authenticate,
  clearSessionCookie,
  createOwnLoginCode,
  describeCaller,
  email,
  endSession,
  needsSetup,
  type OpenedSession,
  type Provider,
  personOf,
  projectOfUser,
  readSessionCookie,
  redeemLoginCode,
  setSessionCookie,
  setupSchema,
  signIn,
  signInBody,
  userFacts,
} from '#features/identity/index.ts';
import { acceptInvitation, acceptInvitationBody } from '#features/projects/index.ts';
import type { Caller } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { type App, nullable } from '#platform/http/index.ts';
import { identify } from './auth.ts';

export interface SessionFacts {
  version: string;
  /** The folder the server was started in, which the first page offers to track. */
  workingFolder: { path: string; isRepository: boolean } | null;
}

const sessionBody = Type.Object({
  user: userFacts,
  role: nullable(Type.String({ description: 'In the project; null without one.' })),
  version: Type.String(),
  project: nullable(Type.Object({ id: Type.String(), slug: Type.String(), name: Type.String() })),
  projects: Type.Array(projectOfUser),
  workingFolder: nullable(Type.Object({ path: Type.String(), isRepository: Type.Boolean() })),
});

/** The page that a one-time link opens. */
export function registerLogin(app: App): void {
  app.get(
    '/login',
    {
      // A look at the headers of a link must not use it up.
      exposeHeadRoute: false,
      schema: {
        hide: true,
        querystring: Type.Object({ code: Type.Optional(Type.String({ maxLength: 200 })) }),
      },
    },
    async (request, reply) => {
      const { code } = request.query;
      const session = code ? await redeemLoginCode(request.visit, code, readSessionCookie(request)) : null;
      if (!session) return reply.redirect('/signed-out?reason=link', 303);
      setSessionCookie(request, reply, session);
      return reply.header('cache-control', 'no-store').redirect('/', 303);
    },
  );
}

/** Signing in and out, and what the first page needs to know. */
export function sessionRoutes(facts: () => SessionFacts, provider: Provider | null) {
  return async (app: App): Promise<void> => {
    const describe = async (caller: Caller) => {
      const { user, projects } = await describeCaller(caller);
      const { membership } = caller;
      const project = membership && {
        id: membership.projectId,
        slug: membership.slug,
        name: membership.name,
      };
      return { user, role: membership?.role ?? null, project, projects, ...facts() };
    };
    registerSetup(app, provider);
    registerSignIn(app, describe);
    registerSession(app, describe);
  };
}

type Describe = (caller: Caller) => Promise<Static<typeof sessionBody>>;

/** Hands the browser its session and tells it what GET /session would. */
async function welcome(
  request: FastifyRequest,
  reply: FastifyReply,
  session: OpenedSession,
  describe: Describe,
): Promise<Static<typeof sessionBody>> {
  setSessionCookie(request, reply, session);
  const { secret } = session;
  const caller = await authenticate(request.visit, { kind: 'session', secret, project: undefined });
  if (!caller) throw appError('sign-in-failed', 401, 'The account was disabled at this moment.');
  return describe(caller);
}

function registerSetup(app: App, provider: Provider | null): void {
  app.get(
    '/setup',
    {
      schema: { tags: ['session'], summary: 'How people sign in here', response: { 200: setupSchema } },
      config: { permission: 'public' },
    },
    async ({ visit }) => ({
      needed: await needsSetup(visit.platform),
      oidc: provider && { name: provider.name },
      passwordSignIn: true,
    }),
  );
}

function registerSignIn(app: App, describe: Describe): void {
  app.post(
    '/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign in with a password',
        body: signInBody,
        response: { 200: sessionBody },
      },
      config: { permission: 'public' },
    },
    async (request, reply) => {
      const session = await signIn(request.visit, request.body, readSessionCookie(request));
      return welcome(request, reply, session, describe);
    },
  );
  app.post(
    '/invitation',
    {
      schema: {
        tags: ['members'],
        summary: 'Accept an invitation, and sign in',
        body: acceptInvitationBody,
        response: { 200: sessionBody },
      },
      config: { permission: 'public' },
    },
    async (request, reply) => {
      const browser = { caller: await identify(request), before: readSessionCookie(request) };
      const session = await acceptInvitation(request.visit, request.body, browser);
      return welcome(request, reply, session, describe);
    },
  );
}

function registerSession(app: App, describe: Describe): void {
  const tags = ['session'];
  app.get(
    '/session',
    {
      schema: { tags, summary: 'Who is signed in', response: { 200: sessionBody } },
      config: { permission: 'user' },
    },
    ({ caller }) => describe(caller),
  );
  app.delete(
    '/session',
    {
      schema: { tags, summary: 'Sign out', response: { 204: Type.Null() } },
      config: { permission: 'user' },
    },
    async ({ caller }, reply) => {
      if (caller.sessionId !== null) await endSession(caller, caller.sessionId);
      clearSessionCookie(reply);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/login-links',
    {
      schema: {
        tags,
        summary: 'Make a link that signs a browser in once: your own, or as admin that of another user',
        body: Type.Optional(
          Type.Union([
            Type.Null(),
            Type.Object({ email: Type.Optional(email) }, { additionalProperties: false }),
          ]),
        ),
        response: { 201: Type.Object({ path: Type.String() }) },
      },
      config: { permission: 'user' },
    },
    async ({ caller, body }, reply) => {
      const code = await createOwnLoginCode(personOf(caller), body?.email);
      return reply.code(201).send({ path: `/login?code=${code}` });
    },
  );
}
