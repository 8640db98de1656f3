import { isIP } from 'node:net';
import { type Finding, findingsOf, ok } from './finding.ts';
import { LOOK_MS, withinLook } from './probes.ts';
import type { Situation } from './situation.ts';

export interface NameFacts {
  host: string;
  /** The settings that name it. */
  settings: readonly string[];
  /** Why it has no address; null if it has one. */
  failure: string | null;
}

/** Whether the hosts that the configuration names have an address. */
export function checkNames(names: readonly NameFacts[]): Finding[] {
  const { problem } = findingsOf('names');
  return names.map(({ host, settings, failure }) =>
    failure === null
      ? ok('names', `${host} has an address.`, { host })
      : problem(
          'host-unresolved',
          `${host} of ${settings.join(' and ')} has no address (${failure}).`,
          'Correct the name, or the DNS servers in /etc/resolv.conf.',
          { target: host, evidence: { host, settings: settings.join(', '), failure } },
        ),
  );
}

/** Asks for every host name at the same time. Names of containers are known to Docker only. */
export async function lookAtNames({ folder, config, probes }: Situation): Promise<Finding[]> {
  const urls = {
    DATABASE_URL: config.databaseUrl,
    REDIS_URL: config.redisUrl,
    REDIS_CACHE_URL: config.redisCacheUrl,
    MODEL_BASE_URL: config.modelBaseUrl,
    OIDC_ISSUER: config.oidcIssuer,
  };
  const settings = new Map<string, string[]>();
  for (const [name, url] of Object.entries(urls)) {
    const host = hostOf(url);
    if (host === null || folder?.compose.services[host]) continue;
    settings.set(host, [...(settings.get(host) ?? []), name]);
  }
  const names = [...settings].map(async ([host, named]): Promise<NameFacts> => {
    const failure = await withinLook(probes.resolve(host), LOOK_MS).then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code ?? 'no answer in time',
    );
    return { host, settings: named, failure };
  });
  return checkNames(await Promise.all(names));
}

/** The name in an address; null for none, and for a number, which needs no DNS. */
export function hostOf(url: string | undefined): string | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const host = decodeURIComponent(new URL(url).hostname).replace(/^\[|\]$/g, '');
  return host === '' || host.startsWith('/') || isIP(host) !== 0 ? null : host;
}
