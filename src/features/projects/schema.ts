import { type Static, Type } from 'typebox';
import {
  email,
  givenPassword,
  personName,
  projectOfUser,
  role,
  secondFactor,
} from '#features/identity/index.ts';
import { nullable } from '#platform/http/index.ts';

const id = Type.String({ format: 'uuid' });
const instant = Type.String({ format: 'date-time' });
const projectName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });

export const idParams = Type.Object({ id });
export const userParams = Type.Object({ userId: id });
export const projectItem = projectOfUser;
export type ProjectItem = Static<typeof projectItem>;

export const createProjectBody = Type.Object(
  {
    name: projectName,
    slug: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9](-?[a-z0-9])*$',
        maxLength: 60,
        description: 'Its name in addresses; made from the name if not given.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type CreateProjectInput = Static<typeof createProjectBody>;
export const updateProjectBody = Type.Object({ name: projectName }, { additionalProperties: false });

export const memberItem = Type.Object({
  userId: id,
  name: Type.String(),
  email: nullable(Type.String()),
  role,
  source: Type.Union([Type.Literal('person'), Type.Literal('groups')], {
    description: 'Who gave the role: a person, or the groups that the sign-in provider tells.',
  }),
  disabled: Type.Boolean(),
  addedAt: instant,
});
export type MemberItem = Static<typeof memberItem>;
export const changeRoleBody = Type.Object({ role }, { additionalProperties: false });

export const invitationItem = Type.Object({
  id,
  email: Type.String(),
  role,
  invitedBy: Type.String(),
  createdAt: instant,
  expiresAt: instant,
});
export type InvitationItem = Static<typeof invitationItem>;
export const createInvitationBody = Type.Object({ email, role }, { additionalProperties: false });
export type CreateInvitationInput = Static<typeof createInvitationBody>;
export const createdInvitation = Type.Object({
  ...invitationItem.properties,
  path: Type.String({
    description: 'Where the invited person accepts it. Pass it on yourself; shown only now.',
  }),
});

const invitationCode = Type.String({ minLength: 1, maxLength: 200 });
export const invitationQuery = Type.Object({ code: invitationCode });
export const openInvitation = Type.Object({
  email: Type.String(),
  role,
  project: Type.Object({ slug: Type.String(), name: Type.String() }),
  hasAccount: Type.Boolean({
    description: 'Whether a user with this address exists, who then gives the password of that account.',
  }),
});
export const acceptInvitationBody = Type.Object(
  {
    code: invitationCode,
    name: Type.Optional(personName),
    password: Type.Optional(givenPassword),
    secondFactor: Type.Optional(secondFactor),
  },
  { additionalProperties: false },
);
export type AcceptInvitationInput = Static<typeof acceptInvitationBody>;
