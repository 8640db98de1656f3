import { readAddresses } from './read-docker.ts';
import type { Situation } from './situation.ts';

/** `url` as this machine can reach it, or why there is none. */
export type Reachable = { url: string } | { state: 'not-started' | 'not-running' };

/**
 * An address as this machine can reach it: the name of a service is known in Docker's networks only, so that of
 * its container stands in for it.
 */
export async function reachableUrl(situation: Situation, address: string): Promise<Reachable> {
  const { folder, probes } = situation;
  const url = new URL(address);
  if (!folder?.compose.services[url.hostname]) return { url: address };
  const { containers } = await situation.docker();
  const own = containers.filter(({ project }) => project === folder.projects[0]);
  if (own.length === 0) return { state: 'not-started' };
  const running = own.find(({ service, state }) => service === url.hostname && state === 'running');
  const [found] = running ? await readAddresses(probes.run, running.name) : [];
  if (found === undefined) return { state: 'not-running' };
  url.hostname = found;
  return { url: url.href };
}
