import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { appError } from '#platform/errors/index.ts';
import { isPublicAddress } from '#platform/http-client/index.ts';
import type { NetworkAccess } from './environment.ts';

/** Where a repository is fetched from, in the one form that git gets. */
export type GitLocation =
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly protocol: 'https' | 'http' | 'ssh';
      readonly host: string;
      readonly port: number;
    };

const PORTS = { https: 443, http: 80, ssh: 22 } as const;
const SCP_LIKE = /^(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/|:)([^\s\\]+)$/;
const MAX_LENGTH = 2000;

/**
 * Reads a folder (absolute), a `file://`, `https://`, `http://` or `ssh://` URL or `user@host:path`.
 * Returns the token separately if the URL carried one. Anything else is refused, with what to give instead.
 */
export function parseLocation(text: string): { location: GitLocation; token?: string } {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > MAX_LENGTH || hasControlCharacter(trimmed)) throw invalidLocation();
  if (isAbsolute(trimmed)) return { location: { kind: 'path', path: trimmed } };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) return parseUrl(trimmed);
  if (trimmed.startsWith('-') || trimmed.includes('::')) throw invalidLocation();
  const scp = SCP_LIKE.exec(trimmed);
  if (!scp?.[2] || !scp[3]) throw invalidLocation();
  // Kept as it is: `host:path` is relative to the user's home there, which no ssh:// URL says everywhere.
  const url = `${scp[1] ? `${scp[1]}@` : ''}${scp[2].toLowerCase()}:${scp[3]}`;
  return { location: { kind: 'url', url, protocol: 'ssh', host: scp[2].toLowerCase(), port: PORTS.ssh } };
}

function parseUrl(text: string): { location: GitLocation; token?: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalidLocation();
  }
  const protocol = url.protocol.slice(0, -1).toLowerCase();
  if (protocol === 'file') return { location: { kind: 'path', path: localPath(url) } };
  if (protocol !== 'https' && protocol !== 'http' && protocol !== 'ssh') {
    throw appError('protocol-not-allowed', 400, `Repositories can't be fetched over "${protocol}".`, {
      remedy: 'Give an https:// or ssh:// URL, or the path of a local folder.',
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === '' || host.startsWith('-') || decodeURIComponent(url.username).startsWith('-'))
    throw invalidLocation();
  const token = protocol === 'ssh' ? '' : credentialsOf(url);
  url.password = '';
  if (protocol !== 'ssh') url.username = '';
  url.hash = '';
  url.search = '';
  const location = {
    kind: 'url' as const,
    url: url.href.replace(/\/+$/, ''),
    protocol: protocol as 'https' | 'http' | 'ssh',
    host,
    port: Number(url.port) || PORTS[protocol],
  };
  return token ? { location, token } : { location };
}

/** `user:password` if a URL carries both, else the one that it carries. */
function credentialsOf({ username, password }: URL): string {
  return [username, password].filter(Boolean).map(decodeURIComponent).join(':');
}

function localPath(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw invalidLocation();
  }
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}

function invalidLocation() {
  return appError(
    'location-invalid',
    400,
    'That is neither the path of a folder nor the URL of a git repository.',
    {
      remedy:
        'Give an absolute path, https://host/owner/name, ssh://git@host/owner/name or git@host:owner/name.',
    },
  );
}

/** What git is given: always a URL, so that a folder is read through upload-pack like any other source. */
export function fetchUrl(location: GitLocation): string {
  return location.kind === 'path' ? pathToFileURL(location.path).href : location.url;
}

export interface ReachPolicy {
  /** Hosts that may be reached though their address is private; plain http needs it and a loopback address. */
  allowHosts: readonly string[];
  stallSeconds: number;
}

/**
 * Checks that a source may be reached at all, and pins the address that was checked.
 * Throws AppError `address-not-allowed` or `protocol-not-allowed`.
 */
export async function checkReach(
  location: GitLocation,
  policy: ReachPolicy,
  token?: string,
): Promise<NetworkAccess> {
  const { stallSeconds } = policy;
  if (location.kind === 'path') return { protocol: 'file', loopback: true, stallSeconds };
  const { host, port, protocol } = location;
  const addresses = await resolveHost(host);
  const listed = policy.allowHosts.some((allowed) =>
    [host, `${host}:${port}`].includes(allowed.toLowerCase()),
  );
  const loopback = addresses.length > 0 && addresses.every(isLoopback);
  if (!listed && !addresses.every(isPublicAddress)) {
    throw appError(
      'address-not-allowed',
      400,
      `${host} is not a public internet address, so it isn't fetched.`,
      {
        remedy: `If you trust it, start with OUTGOING_ALLOW_HOSTS=${host}.`,
      },
    );
  }
  if (protocol === 'http' && !(listed && loopback)) {
    throw appError(
      'protocol-not-allowed',
      400,
      'Plain http would show the repository and its token to the network.',
      {
        remedy: 'Give the https:// URL.',
      },
    );
  }
  const pinned = protocol !== 'ssh' && addresses.length > 0 && isIP(host) === 0;
  return {
    protocol,
    token,
    loopback,
    stallSeconds,
    pinnedAddress: pinned ? `${host}:${port}:${addresses.map(bracketed).join(',')}` : undefined,
  };
}

/** Addresses of a host; none if it can't be resolved here, which git then says itself (or a proxy resolves it). */
async function resolveHost(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Says at once, before a job is started, that a source may not be reached. */
export async function checkLocation(location: GitLocation, allowHosts: readonly string[]): Promise<void> {
  await checkReach(location, { allowHosts, stallSeconds: 1 });
}
