import { readdir, readFile } from 'node:fs/promises';

export interface ComposeFile {
  name: string;
  text: string;
  /** Whether a production folder gets it. */
  production: boolean;
}

// The same relative place from the source (src/features/operations/environment) and from the build (dist/server/x).
const SHIPPED = new URL(
  import.meta.url.endsWith('.ts') ? '../../../../deploy/compose/' : '../../deploy/compose/',
  import.meta.url,
);
const FIRST = ['docker-compose.yml', 'docker-compose.prod.yml'];
const NOT_FOR_PRODUCTION = new Set(['ci', 'dev', 'override'].map((name) => `docker-compose.${name}.yml`));

/** The compose files that ship with this version: those of production first, as the last word on a default. */
export async function readComposeFiles(): Promise<ComposeFile[]> {
  const names = (await readdir(SHIPPED))
    .filter((name) => /^docker-compose(\.[a-z]+)?\.yml$/.test(name))
    .sort();
  names.sort((a, b) => FIRST.indexOf(b) - FIRST.indexOf(a));
  return Promise.all(
    names.map(async (name) => ({
      name,
      text: await readFile(new URL(name, SHIPPED), 'utf8'),
      production: !NOT_FOR_PRODUCTION.has(name),
    })),
  );
}
