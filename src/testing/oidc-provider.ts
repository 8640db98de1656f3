import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { openBrowser } from './people.ts';

/** What a provider says about a person. */
export interface OidcPerson {
  sub: string;
  name?: string;
  email?: string;
  email_verified?: boolean;
  groups?: string[];
}

/** A real OpenID Connect provider on a free port, whose sign-in page lets in whom the test names. */
export interface OidcServer {
  readonly issuer: string;
  readonly clientSecret: string;
  /**
   * Does what a browser does that was sent to `url`: signs in there as `person` and follows the redirections
   * until they leave the provider. Returns where they lead.
   */
  visit(url: string, person: OidcPerson): Promise<string>;
  stop(): Promise<void>;
  /** Listens again on the same port after `stop`. */
  start(): Promise<void>;
}

export const OIDC_CLIENT = 'commandcenter';

export async function startOidcProvider(redirectUri: string): Promise<OidcServer> {
  const clientSecret = 'a secret of the test only';
  let person: OidcPerson = { sub: 'nobody' };
  let listener: (...args: Parameters<ReturnType<Provider['callback']>>) => void = () => {};
  let server: Server;
  let port = 0;
  const start = async (): Promise<void> => {
    server = createServer((request, response) => listener(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  await start();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: OIDC_CLIENT, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        accountId: context.oidc.session?.accountId,
        clientId: context.oidc.client?.clientId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    cookies: { keys: ['of the test'] },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
  });
  const callback = provider.callback();
  listener = (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return callback(request, response);
    return void provider.interactionFinished(request, response, { login: { accountId: person.sub } });
  };
  return {
    issuer,
    clientSecret,
    async visit(url, as) {
      person = as;
      const browser = openBrowser({ url: issuer });
      let at = url;
      while (new URL(at, issuer).origin === issuer) {
        const { headers, status, body } = await browser.request('GET', new URL(at, issuer).href);
        const location = headers.get('location');
        if (!location) throw new Error(`The provider answered ${status}: ${JSON.stringify(body)}`);
        at = new URL(location, issuer).href;
      }
      return at;
    },
    start,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
