import { join } from 'node:path';
import { findLockHolder } from '#platform/database/index.ts';
import { type Finding, findingsOf, ok } from './finding.ts';
import { findFreePort, findPortHolder, type PortHolder, tryPort } from './port-holder.ts';
import type { Container } from './read-docker.ts';
import type { Situation } from './situation.ts';

export interface PortFacts {
  port: number;
  host: string;
  /** The setting that chooses it. */
  variable: string | undefined;
  /** `EADDRINUSE`, `EACCES`, or null if it can be listened on. */
  refusal: string | null;
  holder: PortHolder | null;
  /** The container that publishes it. */
  container: Pick<Container, 'name'> | null;
  /** It is held by this installation itself. */
  own: boolean;
  free: number | null;
  /** The .env file where another port can be set. */
  environmentPath: string | null;
}

/** Whether each port can be listened on, and who holds it if not. */
export function checkPorts(ports: readonly PortFacts[]): Finding[] {
  return ports.map((facts) => {
    const { port, refusal, own, container } = facts;
    if (own) return ok('port', `${port} is our own.`, { port });
    if (refusal === null && !container) return ok('port', `${port} is free.`, { port });
    return refusal !== null && refusal !== 'EADDRINUSE' && !container
      ? refusedPort(facts, refusal)
      : takenPort(facts);
  });
}

function takenPort(facts: PortFacts): Finding {
  const { port, holder, container, variable, free, environmentPath } = facts;
  const { problem } = findingsOf('port');
  const who = container
    ? `the container ${container.name}`
    : holder?.pid
      ? `${holder.program ?? 'a program'} (process ${holder.pid})`
      : holder?.uid != null
        ? `a process of the user ${holder.uid}`
        : 'another program';
  const address = variable === 'PORT' ? '' : '; PUBLIC_URL has to name it if people use it';
  const other =
    variable !== undefined && free !== null ? ` or set ${variable}=${free}, which is free${address}` : '';
  return problem('port-taken', `Port ${port} is held by ${who}.`, `Stop that${other}.`, {
    target: String(port),
    evidence: {
      port,
      pid: holder?.pid ?? null,
      program: holder?.program ?? null,
      container: container?.name ?? null,
      freePort: free,
    },
    ...(environmentPath !== null && variable !== undefined && free !== null
      ? { fix: { kind: 'set-variable', path: environmentPath, name: variable, value: String(free) } }
      : {}),
  });
}

function refusedPort({ port, host, variable }: PortFacts, refusal: string): Finding {
  const { problem } = findingsOf('port');
  const remedy =
    refusal === 'EACCES'
      ? `Ports below 1024 are root's: set ${variable ?? 'PORT'} to a higher one.`
      : `Set ${variable === 'PORT' ? 'HOST' : 'the address'} to one of this machine.`;
  return problem('port-not-allowed', `Port ${port} on ${host} can't be listened on (${refusal}).`, remedy, {
    target: String(port),
    evidence: { port, host, refusal },
  });
}

/** The port of this process, or those that the folder's containers publish. */
export async function lookAtPorts(situation: Situation): Promise<Finding[]> {
  const { folder, config } = situation;
  if (folder) return lookAtPublished(situation, folder);
  const { port, host, dataDir } = config;
  if (port === 0) return [ok('port', 'A free one is taken.')];
  const [refusal, holder] = [await tryPort(port, host), await findLockHolder(dataDir)];
  const own = holder?.url !== undefined && Number(new URL(holder.url).port) === port;
  const wanted = { port, host, variable: 'PORT', environmentPath: null };
  const { containers } = refusal === null ? { containers: [] } : await situation.docker();
  return checkPorts([await inspectPort({ ...wanted, refusal, own, containers, taken: new Set() })]);
}

async function lookAtPublished(
  situation: Situation,
  folder: NonNullable<Situation['folder']>,
): Promise<Finding[]> {
  const { containers } = await situation.docker();
  const published = Object.values(folder.compose.services).flatMap(({ ports }) => ports);
  const taken = new Set(published.map(({ port }) => port));
  const environmentPath = folder.environmentText === null ? null : join(folder.path, '.env');
  const facts: PortFacts[] = [];
  // One after the other: a free port that is proposed for one is none for the next.
  for (const { port, host, variable } of published) {
    const own = containers.some(
      (one) => folder.projects.includes(one.project) && one.publishedPorts.includes(port),
    );
    const refusal = own ? null : await tryPort(port, host === '0.0.0.0' ? undefined : host);
    const wanted = { port, host, variable, environmentPath, refusal, own, containers, taken };
    const found = await inspectPort(wanted);
    if (found.free !== null) taken.add(found.free);
    facts.push(found);
  }
  return checkPorts(facts);
}

async function inspectPort({
  containers,
  taken,
  ...wanted
}: Omit<PortFacts, 'holder' | 'container' | 'free'> & {
  containers: readonly Container[];
  taken: ReadonlySet<number>;
}): Promise<PortFacts> {
  const { port, own, refusal } = wanted;
  const container = own ? undefined : containers.find((one) => one.publishedPorts.includes(port));
  // A port below 1024 that only root may take can still be held by a container.
  if (own || (refusal === null && !container))
    return { ...wanted, holder: null, container: null, free: null };
  return {
    ...wanted,
    holder: await findPortHolder(port),
    container: container ?? null,
    free: await findFreePort(port, taken),
  };
}
