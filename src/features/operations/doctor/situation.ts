import { readFile } from 'node:fs/promises';
import { type Config, type Environment, inspectConfig, settingVariables } from '#platform/config/index.ts';
import type { Probes } from './probes.ts';
import { type ProductionFolder, readProductionFolder, serviceEnvironment } from './production-folder.ts';
import type { DockerFacts } from './read-docker.ts';

export interface DoctorOptions {
  /** A production folder; without one the doctor looks at this machine and the environment. */
  directory?: string | undefined;
  environment: Environment;
  probes: Probes;
}

/** What every check can look at. */
export interface Situation {
  folder: ProductionFolder | null;
  /** The environment of the processes: this one's, or that of the containers of the folder. */
  environment: Environment;
  config: Config;
  configProblems: readonly string[];
  probes: Probes;
  /** Docker is asked once for all. */
  docker: () => Promise<DockerFacts>;
}

/** Reads the files that say what is to be checked. `docker` hands on what is known of Docker already. */
export async function readSituation(
  { directory, environment: inherited, probes }: DoctorOptions,
  docker?: Situation['docker'],
): Promise<Situation> {
  const folder = directory === undefined ? null : await readProductionFolder(directory);
  const environment = folder ? serviceEnvironment(folder) : inherited;
  const { config, problems } = inspectConfig(await withSecretsRead(environment));
  let asked: Promise<DockerFacts> | undefined;
  return {
    folder,
    environment,
    config,
    configProblems: problems,
    probes,
    docker:
      docker ??
      (() => {
        asked ??= probes.docker();
        return asked;
      }),
  };
}

const HEX_KEY = /^[0-9a-f]{64}$/i;
const STAND_IN_KEY = '0'.repeat(64);

/**
 * The environment with every secret's file read. What is wrong with such a file is the subject `secrets`: it is
 * left out here, so that one fault is told once.
 */
async function withSecretsRead(environment: Environment): Promise<Environment> {
  const plain: Record<string, string | undefined> = { ...environment };
  for (const { name, secret } of settingVariables()) {
    const path = environment[`${name}_FILE`];
    if (!secret || !path || environment[name]) continue;
    delete plain[`${name}_FILE`];
    const value = (await readFile(path, 'utf8').catch(() => '')).trim();
    if (name === 'SECRET_KEY') plain[name] = HEX_KEY.test(value) ? value : STAND_IN_KEY;
    else if (value !== '') plain[name] = value;
  }
  return plain;
}
