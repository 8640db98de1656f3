import { Type } from 'typebox';
import type { App } from '#platform/http/index.ts';
import { changePassword, getAccount, turnOffTwoFactor, updateAccount } from './account.ts';
import { memberOf, personOf } from './caller.ts';
import {
  accountSchema,
  changePasswordBody,
  confirmTwoFactorBody,
  createdToken,
  createTokenBody,
  idParams,
  proofBody,
  recoveryCodes,
  sessionItem,
  tokenItem,
  twoFactorSetup,
  updateAccountBody,
  updateUserBody,
  userItem,
} from './schema.ts';
import { setSessionCookie } from './session-cookie.ts';
import { endOtherSessions, endSession, listSessions } from './sessions.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';
import { confirmTwoFactor, startTwoFactor } from './two-factor.ts';
import { changeUser, listUsers } from './users.ts';

const none = { 204: Type.Null() };

/** People's own accounts, their sessions and tokens, and everybody's accounts for who looks after them. */
export async function identityRoutes(app: App): Promise<void> {
  accountRoutes(app);
  twoFactorRoutes(app);
  sessionListRoutes(app);
  tokenRoutes(app);
  userRoutes(app);
}

function accountRoutes(app: App): void {
  const tags = ['account'];
  const config = { permission: 'user' } as const;
  app.get(
    '/account',
    { schema: { tags, summary: 'Get your account', response: { 200: accountSchema } }, config },
    ({ caller }) => getAccount(personOf(caller)),
  );
  app.patch(
    '/account',
    {
      schema: {
        tags,
        summary: 'Change your name or e-mail address',
        body: updateAccountBody,
        response: { 200: accountSchema },
      },
      config,
    },
    ({ caller, body }) => updateAccount(personOf(caller), body),
  );
  app.put(
    '/account/password',
    {
      schema: {
        tags,
        summary: 'Set or change your password; ends every other session',
        body: changePasswordBody,
        response: none,
      },
      config,
    },
    async (request, reply) => {
      const session = await changePassword(personOf(request.caller), request.body);
      if (session) setSessionCookie(request, reply, session);
      return reply.code(204).send(null);
    },
  );
}

function twoFactorRoutes(app: App): void {
  const tags = ['account'];
  const config = { permission: 'user' } as const;
  app.post(
    '/account/two-factor',
    {
      schema: { tags, summary: 'Prepare a second factor (TOTP)', response: { 200: twoFactorSetup } },
      config,
    },
    ({ caller }) => startTwoFactor(personOf(caller)),
  );
  app.post(
    '/account/two-factor/confirm',
    {
      schema: {
        tags,
        summary: 'Turn the second factor on with a first code',
        body: confirmTwoFactorBody,
        response: { 200: recoveryCodes },
      },
      config,
    },
    async (request, reply) => {
      const { session, ...codes } = await confirmTwoFactor(personOf(request.caller), request.body.code);
      if (session) setSessionCookie(request, reply, session);
      return codes;
    },
  );
  app.delete(
    '/account/two-factor',
    {
      schema: {
        tags,
        summary: 'Turn the second factor off, with the password or a code',
        body: proofBody,
        response: none,
      },
      config,
    },
    async (request, reply) => {
      const session = await turnOffTwoFactor(personOf(request.caller), request.body);
      if (session) setSessionCookie(request, reply, session);
      return reply.code(204).send(null);
    },
  );
}

function sessionListRoutes(app: App): void {
  const tags = ['account'];
  const config = { permission: 'user' } as const;
  app.get(
    '/sessions',
    {
      schema: {
        tags,
        summary: 'Where you are signed in',
        response: { 200: Type.Object({ items: Type.Array(sessionItem) }) },
      },
      config,
    },
    async ({ caller }) => ({ items: await listSessions(personOf(caller)) }),
  );
  app.delete(
    '/sessions/:id',
    { schema: { tags, summary: 'End one of your sessions', params: idParams, response: none }, config },
    async ({ caller, params }, reply) => {
      await endSession(personOf(caller), params.id);
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/sessions',
    { schema: { tags, summary: 'End all of your other sessions', response: none }, config },
    async ({ caller }, reply) => {
      await endOtherSessions(personOf(caller));
      return reply.code(204).send(null);
    },
  );
}

function tokenRoutes(app: App): void {
  const tags = ['tokens'];
  const config = { permission: 'viewer' } as const;
  app.get(
    '/tokens',
    {
      schema: {
        tags,
        summary: 'List tokens for this project: your own, or as an owner everybody’s',
        response: { 200: Type.Object({ items: Type.Array(tokenItem) }) },
      },
      config,
    },
    async ({ caller }) => ({ items: await listTokens(memberOf(personOf(caller))) }),
  );
  app.post(
    '/tokens',
    {
      schema: {
        tags,
        summary: 'Make a token for this project',
        body: createTokenBody,
        response: { 201: createdToken },
      },
      config: { ...config, secretAnswer: true },
    },
    async ({ caller, body }, reply) =>
      reply.code(201).send(await createToken(memberOf(personOf(caller)), body)),
  );
  app.delete(
    '/tokens/:id',
    { schema: { tags, summary: 'Revoke a token', params: idParams, response: none }, config },
    async ({ caller, params }, reply) => {
      await revokeToken(memberOf(personOf(caller)), params.id);
      return reply.code(204).send(null);
    },
  );
}

function userRoutes(app: App): void {
  const tags = ['users'];
  const config = { permission: 'admin' } as const;
  app.get(
    '/users',
    {
      schema: {
        tags,
        summary: 'List everybody who has an account',
        response: { 200: Type.Object({ items: Type.Array(userItem) }) },
      },
      config,
    },
    async ({ caller }) => ({ items: await listUsers(caller) }),
  );
  app.patch(
    '/users/:id',
    {
      schema: {
        tags,
        summary: 'Disable a user, or make them admin',
        params: idParams,
        body: updateUserBody,
        response: { 200: userItem },
      },
      config,
    },
    ({ caller, params, body }) => changeUser(caller, params.id, body),
  );
}
