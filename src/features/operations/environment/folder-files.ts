import { join } from 'node:path';
import { renderNginx } from '../nginx/render-nginx.ts';
import { renderUpstreams } from '../nginx/render-upstreams.ts';
import { renderChecklist } from './checklist.ts';
import { findUsages } from './compose-usage.ts';
import { renderEnvironment } from './env-file.ts';
import { imageUsers, secretFiles } from './secret-files.ts';
import { monitoringFolders, readComposeFiles, readMonitoringFiles } from './shipped.ts';
import { makeTrialCertificate } from './trial-certificate.ts';

/** One file of a production folder. */
export interface FolderFile {
  /** Below the folder. */
  path: string;
  mode: number;
  /** The user of the container that reads it, where nobody else may. */
  readBy?: number;
  /** Comes with the version and is not meant to be changed: one that differs is of another version, or edited. */
  ships?: boolean;
  content(): Promise<string | Buffer>;
}

/** What the files of one installation are made from. */
export interface FolderContent {
  variables: Readonly<Record<string, string>>;
  domain: string;
  /** The content of a file that is in the folder already. */
  readPresent(path: string): Promise<string>;
  selfSigned: boolean;
}

/** The folders of a production folder, the outermost first. */
export const folders = [
  // Closed, because what no container's user can be given is readable inside it.
  { path: '', mode: 0o700 },
  { path: 'secrets', mode: 0o700 },
  // The edge runs as a user of its own and gets this folder whole.
  { path: 'edge', mode: 0o755 },
  { path: 'edge/tls', mode: 0o755 },
  { path: 'edge/acme', mode: 0o755 },
  { path: 'deployments', mode: 0o700 },
  // Written by the operator, and read by Alertmanager's user.
  { path: 'receivers', mode: 0o755 },
  ...monitoringFolders.map((path) => ({ path, mode: 0o755 })),
] as const;

/** The `.env` that ships: every variable of the compose files, and nothing set. */
export async function renderEnvironmentExample(): Promise<string> {
  return renderEnvironment(findUsages((await readComposeFiles()).map(({ text }) => text)));
}

/** Every file of a production folder; nothing is made before its content is asked for. */
export async function folderFiles(content: FolderContent): Promise<FolderFile[]> {
  const compose = await readComposeFiles();
  const usages = findUsages(compose.map(({ text }) => text));
  return [
    { path: '.env', mode: 0o600, content: async () => renderEnvironment(usages, content.variables) },
    ...compose
      .filter(({ production }) => production)
      .map(({ name, text }) => ({ path: name, mode: 0o644, ships: true, content: async () => text })),
    ...(await readMonitoringFiles()).map(({ path, text }) => ({
      path,
      mode: 0o644,
      ships: true,
      content: async () => text,
    })),
    ...secrets(content),
    ...edge(content),
    ...(content.selfSigned ? trialCertificate(content.domain) : []),
    {
      path: '.gitignore',
      mode: 0o644,
      content: async () => '.env\nsecrets/\nreceivers/\nedge/tls/\ndeployments/\n',
    },
    {
      path: 'CHECKLIST.md',
      mode: 0o644,
      content: async () => renderChecklist(content.domain, content.variables),
    },
  ];
}

function secrets({ readPresent }: FolderContent): FolderFile[] {
  const made = new Map<string, string>();
  const other = async (name: string): Promise<string> =>
    made.get(name) ?? (await readPresent(join('secrets', name))).trim();
  return secretFiles.map(({ name, readBy, make }) => ({
    path: join('secrets', name),
    mode: 0o600,
    readBy,
    async content() {
      const value = await make(other);
      made.set(name, value);
      return value;
    },
  }));
}

/** The edge of an installation that no deploy has changed yet sends requests to the services of the compose files. */
function edge({ domain, variables }: FolderContent): FolderFile[] {
  const publicPort = Number(variables['HTTPS_PORT'] ?? 443);
  // A form is more than its file.
  const maxBodyMegabytes = Number(variables['UPLOAD_MAX_MEGABYTES'] ?? 50) + 10;
  return [
    {
      path: 'edge/nginx.conf',
      mode: 0o644,
      ships: true,
      content: async () =>
        renderNginx({ tls: { publicPort }, files: 'proxy', serverNames: [domain], maxBodyMegabytes }),
    },
    {
      path: 'edge/upstreams.conf',
      mode: 0o644,
      content: async () => renderUpstreams({ api: ['api:3000'], web: ['web:8080'] }),
    },
  ];
}

function trialCertificate(domain: string): FolderFile[] {
  let certificate: ReturnType<typeof makeTrialCertificate> | undefined;
  const made = (): ReturnType<typeof makeTrialCertificate> => {
    certificate ??= makeTrialCertificate(domain);
    return certificate;
  };
  return [
    { path: 'edge/tls/fullchain.pem', mode: 0o644, content: async () => (await made()).chain },
    {
      path: 'edge/tls/privkey.pem',
      mode: 0o600,
      readBy: imageUsers.nginx,
      content: async () => (await made()).key,
    },
  ];
}
