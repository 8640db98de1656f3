import { lookup as resolveName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type AppError, appError } from '#platform/errors/index.ts';
import { isPublicAddress } from './addresses.ts';

/** Resolves a name to addresses; replaced in tests that play a hostile name server. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

export const systemResolve: Resolve = (hostname) =>
  new Promise((done, fail) => {
    resolveName(hostname, { all: true, verbatim: true }, (error, addresses) =>
      error ? fail(error) : done(addresses),
    );
  });

export interface ConnectorOptions {
  readonly isAllowed: (hostname: string) => boolean;
  readonly resolve: Resolve;
  readonly timeoutMs: number;
}

/**
 * Opens connections to public addresses only. The check is made on the very address that is connected to,
 * so a name that resolves differently the second time (DNS rebinding) gains nothing.
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  const lookup: LookupFunction = (hostname, _options, callback) => {
    // A trailing dot makes the same name; some resolvers don't take it.
    publicAddresses(bareHost(hostname), options).then(
      (addresses) => callback(null, [...addresses]),
      (error: Error) => callback(error as NodeJS.ErrnoException, []),
    );
  };
  const connect = buildConnector({ timeout: options.timeoutMs, lookup, autoSelectFamily: true });
  return (target, callback) => {
    const hostname = bareHost(target.hostname);
    // Node connects to a literal address without a lookup.
    if (isIP(hostname) && !isPublicAddress(hostname) && !options.isAllowed(hostname)) {
      callback(forbiddenAddress(hostname), null);
      return;
    }
    connect(target, callback);
  };
}

async function publicAddresses(hostname: string, { resolve, isAllowed }: ConnectorOptions) {
  const addresses = await resolve(hostname);
  if (addresses.length === 0)
    throw Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
  if (!isAllowed(hostname) && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw forbiddenAddress(hostname);
  }
  return addresses;
}

/** A host as URL writes it, without the brackets of an IPv6 literal. */
export function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

export function forbiddenAddress(hostname: string): AppError {
  return appError(
    'address-not-allowed',
    400,
    `${hostname} is not a public internet address, so it isn't fetched.`,
    {
      remedy: 'If this host is meant to be reached, an operator can name it in OUTGOING_ALLOW_HOSTS.',
    },
  );
}
