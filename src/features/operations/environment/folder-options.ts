import { basename } from 'node:path';
import { domainToASCII } from 'node:url';
import { type AppError, appError } from '#platform/errors/index.ts';

/** What the operator says about an installation; the rest has a default. */
export interface FolderOptions {
  directory: string;
  /** Needed where the folder holds no `.env` yet. */
  domain?: string | undefined;
  image?: string | undefined;
  webImage?: string | undefined;
  project?: string | undefined;
  httpPort?: number | undefined;
  httpsPort?: number | undefined;
  /** Makes a certificate for a trial in `edge/tls`. */
  selfSigned?: boolean | undefined;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
// What Compose takes as the name of a project; a deploy appends a colour to it.
const PROJECT = /^[a-z0-9][a-z0-9_-]{0,50}$/;
const IMAGE = /^[a-z0-9][a-z0-9._/:-]*(@sha256:[0-9a-f]{64})?$/i;

const HTTP = 80;
const HTTPS = 443;

/** The values of `.env` that the options stand for; one that was not given and has no default is left out. */
export function variablesOf(options: FolderOptions): Record<string, string> {
  const { image, webImage, project, httpPort, httpsPort } = options;
  const domain = options.domain === undefined ? undefined : checkDomain(options.domain);
  checkPorts(httpPort, httpsPort);
  const port = httpsPort === undefined || httpsPort === HTTPS ? '' : `:${httpsPort}`;
  const values = {
    COMPOSE_PROJECT_NAME: project === undefined ? undefined : checkProject(project),
    COMMANDCENTER_IMAGE: image === undefined ? undefined : checkImage('--image', image),
    COMMANDCENTER_WEB_IMAGE: webImage === undefined ? undefined : checkImage('--web-image', webImage),
    PUBLIC_URL: domain === undefined ? undefined : `https://${domain}${port}`,
    PUBLIC_HOST: domain,
    HTTP_PORT: httpPort === undefined ? undefined : String(httpPort),
    HTTPS_PORT: httpsPort === undefined ? undefined : String(httpsPort),
  };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The name of a project that is made from the folder's own: several installations on one host differ by it. */
export function defaultProject(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 50);
  return name === '' ? 'commandcenter' : name;
}

function checkDomain(domain: string): string {
  // Of an address with a path only the host would be left.
  const ascii = /[/\\?#@:\s]/.test(domain) ? '' : domainToASCII(domain);
  const labels = ascii.split('.');
  const isAddress = /^\d+$/.test(labels.at(-1) ?? '');
  if (ascii.length <= 253 && !isAddress && labels.every((label) => LABEL.test(label))) return ascii;
  throw optionInvalid(
    `"${domain}" is not a domain name.`,
    'Give the name alone, without scheme, port or path, such as --domain radar.example.com.',
  );
}

function checkProject(project: string): string {
  if (PROJECT.test(project)) return project;
  throw optionInvalid(
    `"${project}" can't be the name of a Compose project.`,
    'It holds at most 51 small letters, digits, hyphens and underscores, and begins with a letter or digit.',
  );
}

function checkImage(option: string, image: string): string {
  if (IMAGE.test(image)) return image;
  throw optionInvalid(
    `"${image}" is not the name of an image.`,
    `Give ${option} as registry/name:tag, or better as registry/name@sha256:… .`,
  );
}

function checkPorts(httpPort = HTTP, httpsPort = HTTPS): void {
  const wrong = [httpPort, httpsPort].find(
    (port) => !(Number.isInteger(port) && port >= 1 && port <= 65_535),
  );
  if (wrong !== undefined)
    throw optionInvalid(`${wrong} is not a port.`, 'Ports are numbers from 1 to 65535.');
  if (httpPort !== httpsPort) return;
  throw optionInvalid(`HTTP and HTTPS can't share port ${httpPort}.`, 'Give --http-port and --https-port.');
}

function optionInvalid(message: string, remedy: string): AppError {
  return appError('option-invalid', 400, message, { remedy });
}
