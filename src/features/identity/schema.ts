import { type Static, Type } from 'typebox';
import { nullable } from '#platform/http/index.ts';

const id = Type.String({ format: 'uuid' });
const instant = Type.String({ format: 'date-time' });
export const role = Type.Union([Type.Literal('owner'), Type.Literal('editor'), Type.Literal('viewer')]);
const scope = Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('admin')]);
export type TokenScope = Static<typeof scope>;

export const idParams = Type.Object({ id });
export const email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@]+@[^\\s@]+$',
  description: 'Compared without regard to case.',
});
export const personName = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
/** Long passphrases are welcome; the limit only bounds the work. */
export const newPassword = Type.String({ minLength: 10, maxLength: 200 });
/** What is compared and not stored needs no rules, only a bound. */
export const givenPassword = Type.String({ minLength: 1, maxLength: 1000 });
export const secondFactor = Type.String({
  minLength: 6,
  maxLength: 40,
  description: 'Six digits from the authenticator app, or a recovery code.',
});

export const signInBody = Type.Object(
  { email: Type.String({ maxLength: 254 }), password: givenPassword, code: Type.Optional(secondFactor) },
  { additionalProperties: false },
);
export type SignInInput = Static<typeof signInBody>;

export const projectOfUser = Type.Object({ id, slug: Type.String(), name: Type.String(), role });

export const userFacts = Type.Object({
  id,
  name: Type.String(),
  email: nullable(Type.String()),
  admin: Type.Boolean({ description: 'May make projects, and see and disable users.' }),
  hasPassword: Type.Boolean(),
  twoFactor: Type.Boolean(),
});
export type UserFacts = Static<typeof userFacts>;

export const setupSchema = Type.Object({
  needed: Type.Boolean({ description: 'Nobody has a way to sign in yet but a link from the command line.' }),
  oidc: nullable(Type.Object({ name: Type.String() })),
  passwordSignIn: Type.Boolean(),
});

export const accountSchema = Type.Object({
  ...userFacts.properties,
  recoveryCodesLeft: Type.Integer({ minimum: 0 }),
});
export type Account = Static<typeof accountSchema>;

export const updateAccountBody = Type.Object(
  { name: Type.Optional(personName), email: Type.Optional(email) },
  { additionalProperties: false, minProperties: 1 },
);
export type UpdateAccountInput = Static<typeof updateAccountBody>;

export const changePasswordBody = Type.Object(
  {
    currentPassword: Type.Optional(givenPassword),
    newPassword,
  },
  { additionalProperties: false },
);
export type ChangePasswordInput = Static<typeof changePasswordBody>;

export const twoFactorSetup = Type.Object({
  secret: Type.String({ description: 'For typing it in, base32.' }),
  uri: Type.String({ description: 'otpauth://…' }),
  qr: Type.String({ description: 'The URI as a picture: data:image/svg+xml;base64,…' }),
});
export const confirmTwoFactorBody = Type.Object(
  { code: Type.String({ pattern: '^[0-9 ]{6,8}$' }) },
  { additionalProperties: false },
);
export const recoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'Each works once, shown only now.' }),
});
export const proofBody = Type.Object(
  { password: Type.Optional(givenPassword), code: Type.Optional(secondFactor) },
  { additionalProperties: false, minProperties: 1 },
);
export type Proof = Static<typeof proofBody>;

export const sessionItem = Type.Object({
  id,
  createdAt: instant,
  lastUsedAt: instant,
  address: nullable(Type.String()),
  userAgent: nullable(Type.String()),
  current: Type.Boolean(),
});
export type SessionItem = Static<typeof sessionItem>;

export const tokenItem = Type.Object({
  id,
  name: Type.String(),
  prefix: nullable(Type.String({ description: 'How it begins; null for DATA_DIR/owner-token.' })),
  scope,
  projectId: nullable(id),
  user: Type.Object({ id, name: Type.String() }, { description: 'For whom it acts.' }),
  createdAt: instant,
  expiresAt: nullable(instant),
  lastUsedAt: nullable(instant),
});
export type TokenItem = Static<typeof tokenItem>;

export const createTokenBody = Type.Object(
  {
    name: personName,
    scope,
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
  },
  { additionalProperties: false },
);
export type CreateTokenInput = Static<typeof createTokenBody>;
export const createdToken = Type.Object({
  ...tokenItem.properties,
  token: Type.String({ description: 'Shown only now.' }),
});

export const userItem = Type.Object({
  ...userFacts.properties,
  disabled: Type.Boolean(),
  createdAt: instant,
  lastSignedInAt: nullable(instant),
});
export type UserItem = Static<typeof userItem>;
export const updateUserBody = Type.Object(
  { disabled: Type.Optional(Type.Boolean()), admin: Type.Optional(Type.Boolean()) },
  { additionalProperties: false, minProperties: 1 },
);
export type UpdateUserInput = Static<typeof updateUserBody>;
