import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createProbes, runDoctor, runFixes } from '#features/operations/index.ts';
import { inheritedVariables } from '#platform/config/index.ts';
import { overwrite } from './certificates.ts';
import { changedPaths, type ProductionSite, snapshotFolder } from './production-site.ts';

export type DoctorProbes = ReturnType<typeof createProbes>;

export interface Fault {
  /** What is wrong, as it reads after "told:". */
  name: string;
  /** The findings beyond those of the healthy folder: all of them and no other. */
  finds: readonly string[];
  /** Makes it wrong; may return what puts right what is outside of the folder. */
  seed?: (site: ProductionSite) => Promise<unknown>;
  /** For what can't be made wrong on this machine. */
  probes?: (probes: DoctorProbes) => Partial<DoctorProbes>;
  /** What --fix leaves; all of it if not given. */
  leaves?: readonly string[];
  /** Paths below the folder that --fix may touch; none if not given. */
  changes?: readonly string[];
}

/** A path below the folder. */
export const at = ({ path }: ProductionSite, ...names: string[]): string => join(path, ...names);

export const secret = (site: ProductionSite, name: string): string => at(site, 'secrets', name);

export const append = async (path: string, text: string): Promise<void> =>
  overwrite(path, (await readFile(path, 'utf8')) + text);

/** What a folder without a fault is told of. */
export const HEALTHY: readonly string[] = ['backup-unknown'];

const engine = {
  installed: true,
  engine: '27.0.0',
  refusal: null,
  compose: '2.30.0',
  standaloneCompose: null,
  buildx: '0.15.0',
  containers: [],
  volumes: [],
};

/** The probes of this machine, with an engine that has nothing of this installation, and memory enough. */
export function testProbes(): DoctorProbes {
  const memory = { totalBytes: 8e9, availableBytes: 4e9, limitBytes: null };
  return {
    ...createProbes(inheritedVariables(['PATH', 'HOME'])),
    docker: async () => engine,
    memory: () => memory,
  };
}

/** Everything that is no `ok`, beyond what a healthy folder is told of; each id once. */
export function idsOf({ findings }: { findings: { id: string; status: string }[] }): string[] {
  const ids = findings.flatMap(({ id, status }) => (status === 'ok' || HEALTHY.includes(id) ? [] : [id]));
  return [...new Set(ids)].sort();
}

/**
 * Seeds a fault, and asserts that it is told and nothing else, that looking changes nothing, that --fix heals what
 * it says and touches nothing else, and that no secret is in what is said.
 */
export async function expectTold(site: ProductionSite, fault: Fault): Promise<void> {
  const undo = await fault.seed?.(site);
  try {
    const healthy = testProbes();
    const probes = { ...healthy, shippedFiles: site.shipped, ...fault.probes?.(healthy) };
    const options = { directory: site.path, environment: {}, probes };
    const before = await snapshotFolder(site.path);
    const told = await runDoctor(options);
    expect(idsOf(told)).toEqual([...fault.finds].sort());
    expect(changedPaths(before, await snapshotFolder(site.path))).toEqual([]);

    const fixed = await runFixes(options, async () => true);
    expect(changedPaths(before, await snapshotFolder(site.path))).toEqual([...(fault.changes ?? [])].sort());
    expect(idsOf(fixed)).toEqual([...(fault.leaves ?? fault.finds)].sort());
    expect(fixed.fixes.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
    for (const secret of await readSecrets(site)) expect(JSON.stringify([told, fixed])).not.toContain(secret);
  } finally {
    if (typeof undo === 'function') await undo();
  }
}

/** The same on a copy, so that many faults share one site. */
export async function expectToldOfCopy(site: ProductionSite, fault: Fault): Promise<void> {
  const copy = await site.copy();
  try {
    await expectTold(copy, fault);
  } finally {
    await copy.remove();
  }
}

async function readSecrets({ path }: ProductionSite): Promise<string[]> {
  const folder = join(path, 'secrets');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  return texts.map((text) => text.trim()).filter((text) => text.length >= 8);
}
