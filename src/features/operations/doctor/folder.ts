import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, findingsOf, ok } from './finding.ts';
import type { ProductionFolder } from './production-folder.ts';
import type { Situation } from './situation.ts';

/** The folders that `init` makes, beside that of the secrets, which has checks of its own. */
const PARTS: readonly (readonly [string, number])[] = [
  ['edge', 0o755],
  ['edge/tls', 0o755],
  ['deployments', 0o700],
];

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** The folder itself and what it consists of. */
export async function lookAtFolder({ folder }: Situation): Promise<Finding[]> {
  const { problem } = findingsOf('folder');
  if (!folder) return [];
  const files = folder.compose.files.some(({ problem: wrong }) => wrong === null);
  if (!folder.exists || (folder.environmentText === null && !files)) {
    return [
      problem(
        'folder-not-found',
        folder.exists ? `${folder.path} is no production folder.` : `There is no folder ${folder.path}.`,
        `\`commandcenter init ${folder.path}\` makes one.`,
      ),
    ];
  }
  const wanted = folder.compose.services['edge'] ? PARTS : PARTS.filter(([name]) => name === 'deployments');
  const found: Finding[] = [];
  for (const [name, mode] of wanted) {
    const path = join(folder.path, name);
    if (await isFolder(path)) continue;
    found.push(
      problem('folder-incomplete', `${path} is missing.`, `mkdir -m ${mode.toString(8)} ${path}`, {
        target: path,
        fix: { kind: 'make-folder', path, mode },
      }),
    );
  }
  return found.length > 0 ? found : [ok('folder', `${folder.path} is a production folder.`)];
}

const SECRET_NAME = /(PASSWORD|SECRET|TOKEN|API_KEY|SECRET_KEY)$/;

/** The .env file: readable by its owner only, one value for a name, and no secret in it. */
export async function lookAtEnvironmentFile({ folder }: Situation): Promise<Finding[]> {
  if (!folder) return [];
  const path = join(folder.path, '.env');
  const found = await stat(path).catch(() => null);
  return checkEnvironmentFile(folder, path, found ? found.mode & 0o777 : null);
}

/** `mode` is null if the file is missing. */
export function checkEnvironmentFile(folder: ProductionFolder, path: string, mode: number | null): Finding[] {
  const { problem, warning } = findingsOf('environment-file');
  const { environmentText, environmentFile } = folder;
  if (environmentText === null || mode === null) {
    const remedy = `\`commandcenter init ${folder.path}\` makes it; nothing that is there is changed.`;
    return [problem('env-file-missing', `${path} is missing.`, remedy)];
  }
  const found: Finding[] = [];
  const details = { target: path, evidence: { path, mode: mode.toString(8) } };
  if ((mode & 0o077) !== 0) {
    found.push(
      warning('env-file-open', `${path} can be read by others (${mode.toString(8)}).`, `chmod 600 ${path}`, {
        ...details,
        fix: { kind: 'set-mode', path, mode: 0o600 },
      }),
    );
  }
  if (environmentText.includes('\r\n')) {
    found.push(
      problem(
        'env-file-windows-lines',
        `${path} has Windows line ends, which docker-compose takes for a part of each value.`,
        `sed -i 's/\\r$//' ${path}`,
        { ...details, fix: { kind: 'unix-lines', path } },
      ),
    );
  }
  for (const line of environmentFile.wrongLines) {
    found.push(
      problem(
        'env-file-line',
        `Line ${line} of ${path} sets nothing.`,
        'Write NAME=value, or # before a remark.',
        {
          target: `${path}:${line}`,
        },
      ),
    );
  }
  found.push(...checkVariables(folder, path));
  return found.length > 0 ? found : [ok('environment-file', `${path} can be read and holds no secret.`)];
}

function checkVariables({ environmentFile: { variables } }: ProductionFolder, path: string): Finding[] {
  const { problem, warning } = findingsOf('environment-file');
  return variables.flatMap(({ name, value, line }, at) => {
    const target = `${path}:${line}`;
    const found: Finding[] = [];
    if (variables.slice(0, at).some((earlier) => earlier.name === name)) {
      found.push(
        warning(
          'env-file-repeated',
          `${name} is set again in line ${line} of ${path}; the last one counts.`,
          'Remove one.',
          {
            target,
          },
        ),
      );
    }
    const inUrl = URL.canParse(value) && new URL(value).password !== '';
    if (value !== '' && (SECRET_NAME.test(name) || inUrl)) {
      found.push(
        problem(
          'env-file-secret',
          `Line ${line} of ${path} holds a secret, ${name}; \`docker inspect\` shows it to everybody who may use Docker.`,
          `Put it into a file in secrets/ and set ${inUrl ? `${name} without it` : `${name}_FILE`}.`,
          { target },
        ),
      );
    }
    return found;
  });
}

/** The configuration of the edge, which Docker would replace by an empty folder if it were missing. */
export async function lookAtEdge({ folder }: Situation): Promise<Finding[]> {
  if (!folder?.compose.services['edge']) return [];
  const { problem } = findingsOf('edge');
  const path = join(folder.path, 'edge/nginx.conf');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) {
    return [
      problem(
        'edge-config-missing',
        `${path} is missing.`,
        `\`commandcenter init ${folder.path}\` makes it; nothing that is there is changed.`,
        { target: path },
      ),
    ];
  }
  const upstreams = join(folder.path, 'edge/upstreams.conf');
  const there = await stat(upstreams).then(
    (found) => found.isFile(),
    () => false,
  );
  if (there || !text.includes('upstreams.conf')) return [ok('edge', `${path} is there.`)];
  return [
    problem(
      'edge-upstreams-missing',
      `${upstreams} is missing, so the edge does not start.`,
      `\`commandcenter deploy ${folder.path}\` writes it.`,
      { target: upstreams },
    ),
  ];
}
