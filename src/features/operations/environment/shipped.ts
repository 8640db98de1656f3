import { readdir, readFile } from 'node:fs/promises';

export interface ComposeFile {
  name: string;
  text: string;
  /** Whether a production folder gets it. */
  production: boolean;
}

// The same relative place from the source (src/features/operations/environment) and from the build (dist/server/x).
const DEPLOY = new URL(
  import.meta.url.endsWith('.ts') ? '../../../../deploy/' : '../../deploy/',
  import.meta.url,
);
const SHIPPED = new URL('compose/', DEPLOY);

/** Where in a production folder the files of docker-compose.monitoring.yml are, the outermost first. */
export const monitoringFolders = [
  'monitoring',
  'monitoring/prometheus',
  'monitoring/prometheus/rules',
  'monitoring/alertmanager',
  'monitoring/blackbox',
  'monitoring/loki',
  'monitoring/alloy',
  'monitoring/tempo',
  'monitoring/grafana',
  'monitoring/grafana/dashboards',
  'monitoring/grafana/provisioning',
  'monitoring/grafana/provisioning/datasources',
  'monitoring/grafana/provisioning/dashboards',
] as const;
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

/** The files of the monitoring overlay, by their path below a production folder. */
export async function readMonitoringFiles(): Promise<{ path: string; text: string }[]> {
  const found = await Promise.all(
    monitoringFolders.map(async (folder) => {
      const entries = await readdir(new URL(`${folder}/`, DEPLOY), { withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map(async ({ name }) => ({
          path: `${folder}/${name}`,
          text: await readFile(new URL(`${folder}/${name}`, DEPLOY), 'utf8'),
        }));
    }),
  );
  return Promise.all(found.flat());
}
