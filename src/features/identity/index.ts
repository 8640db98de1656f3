export { describeCaller, refuseGuessable } from './account.ts';
export { authenticate, type Credential } from './authenticate.ts';
export { type Member, memberOf, noProject, personOf } from './caller.ts';
export {
  admitFromProvider,
  createProvider,
  FLOW_SECONDS,
  OIDC_CALLBACK,
  openProviderSession,
  type Provider,
} from './oidc.ts';
export { hashPassword } from './passwords.ts';
export { hashSecret, newSecret } from './random-secrets.ts';
export {
  email,
  givenPassword,
  personName,
  projectOfUser,
  role,
  secondFactor,
  setupSchema,
  signInBody,
  userFacts,
} from './schema.ts';
export { clearSessionCookie, isSecure, readSessionCookie, setSessionCookie } from './session-cookie.ts';
export {
  createLoginCode,
  createOwnLoginCode,
  endSession,
  type OpenedSession,
  openSession,
  redeemLoginCode,
} from './sessions.ts';
export { checkPassword, requireCode, signIn, takeCode } from './sign-in.ts';
export { keepLocalToken } from './tokens.ts';
export { addUser, ensureOwner, findUserByEmail, needsSetup } from './users.ts';
