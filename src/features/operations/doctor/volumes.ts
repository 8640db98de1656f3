import { readdir, stat } from 'node:fs/promises';
import { type Finding, findingsOf, ok } from './finding.ts';
import { readMountpoint } from './read-docker.ts';
import type { Situation } from './situation.ts';

export interface VolumeFacts {
  name: string;
  path: string;
  uid: number;
  /** Who writes to it. */
  wanted: number;
  /** Docker gives an empty one to who is its first user in an image. */
  empty: boolean;
}

const PRODUCT = 10_001;
const DATABASE = 999;
/** Who writes to each volume, by the end of its name. */
const OWNERS: Readonly<Record<string, number>> = {
  commandcenter_data: PRODUCT,
  rag_storage: PRODUCT,
  postgres_data: DATABASE,
  redis_data: DATABASE,
};

/** Whether the volumes belong to who writes to them. */
export function checkVolumes(volumes: readonly VolumeFacts[], asRoot: boolean): Finding[] {
  const { problem } = findingsOf('volumes');
  return volumes.map(({ name, path, uid, wanted, empty }) => {
    if (empty) return ok('volumes', `${name} is new.`, { name });
    if (uid === wanted) return ok('volumes', `${name} belongs to ${wanted}.`, { name });
    return problem(
      'volume-owner',
      `The volume ${name} belongs to the user ${uid}, but ${wanted} writes to it.`,
      `chown -R ${wanted}:${wanted} ${path}`,
      {
        target: name,
        evidence: { name, uid, wanted },
        ...(asRoot ? { fix: { kind: 'set-owner', path, uid: wanted, gid: wanted } } : {}),
      },
    );
  });
}

/** Only root can look into the folder where Docker keeps volumes; for others there is nothing to be said. */
export async function lookAtVolumes(situation: Situation): Promise<Finding[]> {
  const { folder, probes } = situation;
  if (!folder) return [];
  const { volumes } = await situation.docker();
  const own = volumes.filter(({ project }) => folder.projects.includes(project));
  const read = await Promise.all(
    own.map(async ({ name }): Promise<VolumeFacts[]> => {
      const wanted = Object.entries(OWNERS).find(([end]) => name.endsWith(end))?.[1];
      const path = wanted === undefined ? null : await readMountpoint(probes.run, name);
      if (path === null || wanted === undefined) return [];
      const [found, entries] = await Promise.all([stat(path), readdir(path)]).catch(
        () => [null, []] as const,
      );
      return found ? [{ name, path, uid: found.uid, wanted, empty: entries.length === 0 }] : [];
    }),
  );
  return checkVolumes(read.flat(), probes.uid === 0);
}
