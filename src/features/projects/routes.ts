import { Type } from 'typebox';
import { memberOf } from '#features/identity/index.ts';
import type { App } from '#platform/http/index.ts';
import { invite, listInvitations, readInvitation, withdrawInvitation } from './invitations.ts';
import { changeRole, listMembers, removeMember } from './members.ts';
import {
  changeRoleBody,
  createdInvitation,
  createInvitationBody,
  createProjectBody,
  idParams,
  invitationItem,
  invitationQuery,
  memberItem,
  openInvitation,
  projectItem,
  updateProjectBody,
  userParams,
} from './schema.ts';
import { createProject, listProjects, updateProject } from './service.ts';

const none = { 204: Type.Null() };

/** Projects, who works in them, and who is invited to. */
export async function projectRoutes(app: App): Promise<void> {
  listRoutes(app);
  memberRoutes(app);
  invitationRoutes(app);
}

function listRoutes(app: App): void {
  const tags = ['projects'];
  app.get(
    '/projects',
    {
      schema: {
        tags,
        summary: 'List the projects that you may work in',
        response: { 200: Type.Object({ items: Type.Array(projectItem) }) },
      },
      config: { permission: 'user' },
    },
    async ({ caller }) => ({ items: await listProjects(caller) }),
  );
  app.post(
    '/projects',
    {
      schema: { tags, summary: 'Make a project', body: createProjectBody, response: { 201: projectItem } },
      config: { permission: 'admin' },
    },
    async ({ caller, body }, reply) => reply.code(201).send(await createProject(caller, body)),
  );
  app.patch(
    '/projects/:id',
    {
      schema: {
        tags,
        summary: 'Rename the project that the request works in',
        params: idParams,
        body: updateProjectBody,
        response: { 200: projectItem },
      },
      config: { permission: 'owner' },
    },
    ({ caller, params, body }) => updateProject(memberOf(caller), params.id, body),
  );
}

function memberRoutes(app: App): void {
  const tags = ['members'];
  app.get(
    '/members',
    {
      schema: {
        tags,
        summary: 'List who works in the project',
        response: { 200: Type.Object({ items: Type.Array(memberItem) }) },
      },
      config: { permission: 'viewer' },
    },
    async ({ caller }) => ({ items: await listMembers(memberOf(caller)) }),
  );
  app.patch(
    '/members/:userId',
    {
      schema: {
        tags,
        summary: 'Give a member another role',
        params: userParams,
        body: changeRoleBody,
        response: { 200: memberItem },
      },
      config: { permission: 'owner' },
    },
    ({ caller, params, body }) => changeRole(memberOf(caller), params.userId, body.role),
  );
  app.delete(
    '/members/:userId',
    {
      schema: { tags, summary: 'Take a member out of the project', params: userParams, response: none },
      config: { permission: 'owner' },
    },
    async ({ caller, params }, reply) => {
      await removeMember(memberOf(caller), params.userId);
      return reply.code(204).send(null);
    },
  );
}

function invitationRoutes(app: App): void {
  const tags = ['members'];
  app.get(
    '/invitations',
    {
      schema: {
        tags,
        summary: 'List the invitations that nobody has accepted yet',
        response: { 200: Type.Object({ items: Type.Array(invitationItem) }) },
      },
      config: { permission: 'owner' },
    },
    async ({ caller }) => ({ items: await listInvitations(memberOf(caller)) }),
  );
  app.post(
    '/invitations',
    {
      schema: {
        tags,
        summary: 'Invite somebody to the project',
        body: createInvitationBody,
        response: { 201: createdInvitation },
      },
      config: { permission: 'owner', secretAnswer: true },
    },
    async ({ caller, body }, reply) => reply.code(201).send(await invite(memberOf(caller), body)),
  );
  app.delete(
    '/invitations/:id',
    {
      schema: { tags, summary: 'Take an invitation back', params: idParams, response: none },
      config: { permission: 'owner' },
    },
    async ({ caller, params }, reply) => {
      await withdrawInvitation(memberOf(caller), params.id);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/invitation',
    {
      schema: {
        tags,
        summary: 'What an invitation is to',
        querystring: invitationQuery,
        response: { 200: openInvitation },
      },
      config: { permission: 'public' },
    },
    ({ visit, query }) => readInvitation(visit, query.code),
  );
}
