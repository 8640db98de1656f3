import * as client from 'openid-client';
import type { Platform, Visit } from '#platform/context/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';
import { type OpenedSession, openSession } from './sessions.ts';
import type { UserRow } from './tables.ts';
import { insertLink, insertUser, selectLinkedUser, selectUserByEmail } from './user-store.ts';

/** What the provider says about the person who has signed in there. */
export interface ProviderIdentity {
  issuer: string;
  subject: string;
  name: string;
  email: string | null;
  emailVerified: boolean;
  groups: string[];
}

/** Sign-in at an OpenID Connect provider. */
export interface Provider {
  readonly name: string;
  /** Where to send the browser, and what it has to bring back with it, encrypted. */
  begin(returnTo: string | undefined): Promise<{ url: string; flow: string }>;
  /** Who has come back, from the query of the callback. Throws AppErrors `provider-…`. */
  complete(search: string, flow: string): Promise<{ identity: ProviderIdentity; returnTo: string }>;
}

interface Flow {
  state: string;
  nonce: string;
  verifier: string;
  returnTo: string;
  begunAt: number;
}

export const OIDC_CALLBACK = '/auth/oidc/callback';
export const FLOW_SECONDS = 600;
const TIMEOUT_SECONDS = 5;
/** Discovery is asked again after this time, so that a changed provider is noticed. */
const DISCOVERY_MS = 10 * 60_000;

/** The provider of the configuration; null if none is configured. It is asked for at the first sign-in. */
export function createProvider({ config, secrets, clock, log }: Platform): Provider | null {
  const { oidcIssuer, publicUrl, oidcScopes, oidcGroupsClaim } = config;
  if (oidcIssuer === undefined || publicUrl === undefined) return null;
  const redirectUri = `${publicUrl.replace(/\/+$/, '')}${OIDC_CALLBACK}`;
  const configuration = rememberDiscovery(config);

  return {
    name: new URL(oidcIssuer).hostname,
    async begin(returnTo) {
      const flow: Flow = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        returnTo: localPath(returnTo),
        begunAt: clock.now().getTime(),
      };
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: oidcScopes,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, flow: secrets.encrypt(JSON.stringify(flow)) };
    },
    async complete(search, sealed) {
      const flow = openFlow(secrets, sealed, clock.now().getTime());
      const provider = await configuration();
      try {
        const tokens = await client.authorizationCodeGrant(provider, new URL(`${redirectUri}${search}`), {
          pkceCodeVerifier: flow.verifier,
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          idTokenExpected: true,
        });
        const claims = await readClaims(provider, tokens);
        return { identity: toIdentity(claims, oidcGroupsClaim), returnTo: flow.returnTo };
      } catch (error) {
        log.warn({ err: error }, 'sign-in at the provider failed');
        throw explain(error);
      }
    },
  };
}

/**
 * The account of who has signed in at the provider: found by issuer and subject, the first time by an
 * e-mail address that the provider has verified, in an account for whose address somebody vouches or that
 * the browser is signed in to (`userId`). A new one is made only for who has a role (`mayJoin`).
 */
export async function admitFromProvider(
  { platform }: Visit,
  identity: ProviderIdentity,
  { mayJoin, userId }: { mayJoin: boolean; userId: string | undefined },
): Promise<UserRow> {
  const { issuer, subject, name, emailVerified } = identity;
  const email = emailVerified ? identity.email : null;
  return platform.database.identityTransaction(async (tx) => {
    const linked = await selectLinkedUser(tx, issuer, subject);
    const found = linked ?? (email === null ? undefined : await selectUserByEmail(tx, email));
    if (found?.disabledAt) throw appError('user-disabled', 403, 'This account is disabled.');
    if (found && !linked && !found.emailVerified && found.id !== userId) throw emailTaken();
    if (!found && !mayJoin) {
      throw appError('not-invited', 403, 'Nobody has invited you, and none of your groups has a role here.');
    }
    const user = found ?? (await insertUser(tx, { id: newId(), name, email, emailVerified: email !== null }));
    if (!user) throw emailTaken();
    if (!linked) await insertLink(tx, { issuer, subject, userId: user.id });
    return user;
  });
}

function emailTaken(): AppError {
  return appError('email-taken', 409, 'Another account has this e-mail address, unconfirmed.', {
    remedy: 'If it is yours, sign in to it by its password first, then at the provider.',
  });
}

/** Opens the session of a user whom the provider has vouched for. */
export async function openProviderSession(
  visit: Visit,
  user: UserRow,
  before: string | undefined,
): Promise<OpenedSession> {
  return visit.platform.database.identityTransaction((tx) =>
    openSession(tx, visit, user, { way: 'provider', before }),
  );
}

/** Asks the provider for its endpoints when they are needed; a failure is not remembered. */
function rememberDiscovery(config: Platform['config']): () => Promise<client.Configuration> {
  let known: { at: number; configuration: Promise<client.Configuration> } | undefined;
  return async () => {
    if (!known || Date.now() - known.at > DISCOVERY_MS) {
      known = { at: Date.now(), configuration: discover(config) };
    }
    try {
      return await known.configuration;
    } catch (error) {
      known = undefined;
      throw unreachable(error);
    }
  };
}

function discover(config: Platform['config']): Promise<client.Configuration> {
  const issuer = new URL(config.oidcIssuer ?? '');
  const secret = config.oidcClientSecret;
  return client.discovery(
    issuer,
    config.oidcClientId ?? '',
    undefined,
    secret === undefined ? client.None() : eitherWay(secret),
    {
      timeout: TIMEOUT_SECONDS,
      // An issuer of plain http is what the configuration asks for, on a network of its own.
      execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
    },
  );
}

/** The secret by the standard's default way, or in the form where the provider takes only that. */
function eitherWay(secret: string): client.ClientAuth {
  return (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported;
    const basic = ways === undefined || ways.includes('client_secret_basic');
    return (basic ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret))(server, ...rest);
  };
}

type Claims = Record<string, unknown> & { iss: string; sub: string };

/** Many providers tell the e-mail address and the groups only there. */
async function readClaims(
  provider: client.Configuration,
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
): Promise<Claims> {
  const claims = tokens.claims();
  if (!claims) throw new Error('The provider sent no ID token.');
  if (provider.serverMetadata().userinfo_endpoint === undefined) return claims;
  const more = await client.fetchUserInfo(provider, tokens.access_token, claims.sub);
  return { ...claims, ...more, iss: claims.iss, sub: claims.sub };
}

function toIdentity(claims: Claims, groupsClaim: string): ProviderIdentity {
  const text = (name: string): string | null => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const groups = claims[groupsClaim];
  const email = text('email')?.toLowerCase() ?? null;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    name: text('name') ?? text('preferred_username') ?? email ?? claims.sub,
    email,
    emailVerified: claims['email_verified'] === true,
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
  };
}

function openFlow(secrets: Platform['secrets'], sealed: string, now: number): Flow {
  try {
    const flow = JSON.parse(secrets.decrypt(sealed)) as Flow;
    if (now - flow.begunAt <= FLOW_SECONDS * 1000) return flow;
  } catch {
    // Answered below: whatever is wrong with it, it is to be begun again.
  }
  throw appError('provider-sign-in-expired', 400, 'This sign-in was begun too long ago, or elsewhere.', {
    remedy: 'Begin it again.',
  });
}

/** Only a path of this server, so that a link can't lead a person elsewhere after the sign-in. */
function localPath(path: string | undefined): string {
  const base = 'http://this.invalid';
  if (path === undefined || !URL.canParse(path, base)) return '/';
  const url = new URL(path, base);
  // A path of two slashes, which dots can leave behind, would name another host.
  const isLocal = url.origin === base && !url.pathname.startsWith('//');
  return isLocal ? `${url.pathname}${url.search}${url.hash}` : '/';
}

function explain(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    return appError('provider-refused', 403, 'The sign-in provider has refused the sign-in.', {
      cause: error,
    });
  }
  if (error instanceof client.ClientError && error.code !== 'OAUTH_TIMEOUT') {
    return appError('provider-answer-invalid', 400, 'The answer of the sign-in provider is not valid.', {
      remedy: 'Begin the sign-in again.',
      cause: error,
    });
  }
  return unreachable(error);
}

function unreachable(cause: unknown): AppError {
  return appError('provider-unreachable', 503, 'The sign-in provider can’t be reached.', {
    remedy: 'Sign in with a password, or try again in a moment.',
    cause,
  });
}
