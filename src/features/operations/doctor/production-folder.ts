import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type ComposeFacts, readComposeFiles } from './compose-files.ts';
import { type EnvironmentFile, parseEnvironmentFile } from './environment-file.ts';
import type { Values } from './interpolate.ts';

/** A folder that an installation in containers is run from; see docs/decisions/2026-11-26-deployment.md. */
export interface ProductionFolder {
  path: string;
  exists: boolean;
  /** The text of .env; null if it is missing. */
  environmentText: string | null;
  environmentFile: EnvironmentFile;
  /** The variables of .env; of a name that comes twice the last. */
  values: Values;
  compose: ComposeFacts;
  secretsFolder: string;
  /** The name of the Compose project, and those of its two colours. */
  projects: readonly string[];
}

/** Reads what a production folder says of itself; whatever is missing is told by the checks. */
export async function readProductionFolder(directory: string): Promise<ProductionFolder> {
  const path = resolve(directory);
  const environmentText = await readFile(join(path, '.env'), 'utf8').catch(() => null);
  const environmentFile = parseEnvironmentFile(environmentText ?? '');
  const values = Object.fromEntries(environmentFile.variables.map(({ name, value }) => [name, value]));
  const project = values['COMPOSE_PROJECT_NAME'] || basename(path).toLowerCase();
  return {
    path,
    exists: await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ),
    environmentText,
    environmentFile,
    values,
    compose: await readComposeFiles(path, values),
    secretsFolder: resolve(path, values['SECRETS_DIR'] || 'secrets'),
    projects: [project, `${project}-blue`, `${project}-green`],
  };
}

const SECRET_IN_CONTAINER = '/run/secrets/';

/** The environment of the API's containers, with the paths that its secrets have on this machine. */
export function serviceEnvironment({ compose, secretsFolder }: ProductionFolder): Values {
  const environment = compose.services['api']?.environment ?? {};
  const onHost = (value: string): string => {
    if (!value.startsWith(SECRET_IN_CONTAINER)) return value;
    const name = value.slice(SECRET_IN_CONTAINER.length);
    return compose.secretPaths[name] ?? join(secretsFolder, name);
  };
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, onHost(value)]));
}
