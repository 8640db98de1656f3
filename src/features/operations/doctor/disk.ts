import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Finding, findingsOf, ok } from './finding.ts';
import { readMountpoint } from './read-docker.ts';
import type { Situation } from './situation.ts';

export interface DiskFacts {
  path: string;
  freeBytes: number;
  /** Share of the inodes that is free; null where a filesystem makes them as they are needed. */
  freeInodes: number | null;
}

const MEGABYTE = 1024 ** 2;
const FULL = 100 * MEGABYTE;
const LOW = 1024 * MEGABYTE;
const INODES_LOW = 0.02;

/** Space and inodes of the disks that data is written to. */
export function checkDisks(disks: readonly DiskFacts[]): Finding[] {
  const { problem, warning } = findingsOf('disk');
  return disks.flatMap(({ path, freeBytes, freeInodes }) => {
    const free = Math.round(freeBytes / MEGABYTE);
    const details = { target: path, evidence: { path, freeMegabytes: free, freeInodes } };
    const found: Finding[] = [];
    if (freeBytes < FULL) {
      found.push(
        problem(
          'disk-full',
          `${free} MB are free at ${path}.`,
          'Free or add space before anything else.',
          details,
        ),
      );
    } else if (freeBytes < LOW) {
      found.push(
        warning(
          'disk-low',
          `${free} MB are free at ${path}.`,
          'Mirrors and the index need room: free some.',
          details,
        ),
      );
    }
    if (freeInodes !== null && freeInodes < INODES_LOW) {
      found.push(
        problem(
          'disk-inodes-low',
          `${(freeInodes * 100).toFixed(1)} % of the inodes are free at ${path}, so no file can be made soon.`,
          'Remove many small files, such as old logs and caches.',
          details,
        ),
      );
    }
    return found.length > 0 ? found : [ok('disk', `${free} MB are free at ${path}.`, details.evidence)];
  });
}

/** The data directory, or the production folder and Docker's volumes. */
export async function lookAtDisks(situation: Situation): Promise<Finding[]> {
  const { folder, config, probes } = situation;
  const paths = [folder ? folder.path : config.dataDir];
  if (folder) {
    const { volumes } = await situation.docker();
    const volume = volumes.find(({ project }) => folder.projects.includes(project));
    const mountpoint = volume ? await readMountpoint(probes.run, volume.name) : null;
    if (mountpoint !== null) paths.push(dirname(dirname(mountpoint)));
  }
  const read = await Promise.all(paths.map(readDisk));
  return checkDisks(read.filter((disk) => disk !== null));
}

/** The disk of a folder, or of the next one above it that is there. */
async function readDisk(path: string): Promise<DiskFacts | null> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(path);
    return { path, freeBytes: bavail * bsize, freeInodes: files > 0 ? ffree / files : null };
  } catch {
    return dirname(path) === path ? null : readDisk(dirname(path));
  }
}
