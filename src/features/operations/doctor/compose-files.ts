import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Document, isNode, parseDocument } from 'yaml';
import { interpolate, type Values, variableIn } from './interpolate.ts';

export interface PublishedPort {
  service: string;
  host: string;
  port: number;
  /** The variable of .env that chooses it. */
  variable: string | undefined;
}

export interface ComposeService {
  environment: Values;
  ports: readonly PublishedPort[];
  /** Names of the secrets that it reads. */
  secrets: readonly string[];
  replicas: number;
}

/** What the Compose files of a folder say together, with the values of its .env put in. */
export interface ComposeFacts {
  files: readonly { name: string; problem: string | null }[];
  services: Readonly<Record<string, ComposeService>>;
  /** Where each secret's file is on this machine. */
  secretPaths: Readonly<Record<string, string>>;
}

/** What is told of a file that is not there. */
export const MISSING = 'missing';

interface RawService {
  environment?: Record<string, unknown> | string[];
  ports?: unknown[];
  secrets?: (string | { source?: string })[];
  scale?: unknown;
  deploy?: { replicas?: unknown };
}

interface RawFile {
  services?: Record<string, RawService | null> | null;
  secrets?: Record<string, { file?: string } | null> | null;
}

const PRODUCTION = ['docker-compose.yml', 'docker-compose.prod.yml'] as const;
/** What a deploy adds for each release. */
const RELEASE = 'docker-compose.release.yml';

/**
 * Reads the files that a folder runs: those of COMPOSE_FILE, or else those of a production; the first of either has
 * to be there. A file that is no YAML is told and left out.
 */
export async function readComposeFiles(folder: string, values: Values): Promise<ComposeFacts> {
  const listed = (values['COMPOSE_FILE'] ?? '').split(':').filter(Boolean);
  const needed: readonly string[] = listed.length > 0 ? listed : PRODUCTION.slice(0, 1);
  const names = new Set<string>([...(listed.length > 0 ? listed : PRODUCTION), RELEASE]);
  const all = await Promise.all(
    [...names].map(async (name) => ({ name, ...(await readRaw(join(folder, name))) })),
  );
  const read = all.filter(({ name, problem }) => problem !== MISSING || needed.includes(name));
  const services: Record<string, ComposeService> = {};
  const secretPaths: Record<string, string> = {};
  for (const { name: file, raw, document } of read) {
    // Where there is no edge, the services of the base run as they are.
    if (!raw || !document || (file === RELEASE && !names.has(PRODUCTION[1]))) continue;
    for (const [name, service] of Object.entries(raw.services ?? {})) {
      const base = clearPorts(services[name], document, name);
      services[name] = mergeService(base, toService(name, service ?? {}, values));
    }
    for (const [name, secret] of Object.entries(raw.secrets ?? {})) {
      if (secret?.file) secretPaths[name] = resolve(folder, interpolate(secret.file, values));
    }
  }
  return { files: read.map(({ name, problem }) => ({ name, problem })), services, secretPaths };
}

interface ReadFile {
  raw: RawFile | null;
  document: Document | null;
  problem: string | null;
}

async function readRaw(path: string): Promise<ReadFile> {
  const nothing = { raw: null, document: null };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return { ...nothing, problem: MISSING };
  }
  const document = parseDocument(text, { merge: true, logLevel: 'error' });
  if (document.errors[0]) return { ...nothing, problem: document.errors[0].message.split('\n')[0] ?? '' };
  const raw = document.toJS() as RawFile | null;
  if (typeof raw !== 'object' || raw === null) return { ...nothing, problem: 'It holds no mapping.' };
  return { raw, document, problem: null };
}

/** What `!reset` and `!override` throw away of the files before. */
function clearPorts(
  base: ComposeService | undefined,
  document: Document,
  service: string,
): ComposeService | undefined {
  const node = document.getIn(['services', service, 'ports'], true);
  return base && isNode(node) && /^!(reset|override)$/.test(node.tag ?? '') ? { ...base, ports: [] } : base;
}

function toService(name: string, raw: RawService, values: Values): ComposeService {
  const fill = (value: unknown): string => interpolate(String(value ?? ''), values);
  const listed = Array.isArray(raw.environment)
    ? raw.environment.map((entry): [string, unknown] => {
        const [key = '', ...value] = entry.split('=');
        return [key, value.length === 0 ? null : value.join('=')];
      })
    : Object.entries(raw.environment ?? {});
  // A name without a value passes on what .env says.
  const environment = listed.flatMap(([key, value]): [string, string][] => {
    const filled = value === null ? values[key] : fill(value);
    return filled === undefined ? [] : [[key, filled]];
  });
  return {
    environment: Object.fromEntries(environment),
    ports: (raw.ports ?? []).flatMap((port) => toPort(name, port, values)),
    secrets: (raw.secrets ?? []).map((one) => (typeof one === 'string' ? one : (one.source ?? ''))),
    replicas: Number(fill(raw.deploy?.replicas ?? raw.scale ?? 1)) || 0,
  };
}

/** Short (`127.0.0.1:${PORT:-80}:8080`) and long ports; what publishes on a port of Docker's choice is left out. */
function toPort(service: string, raw: unknown, values: Values): PublishedPort[] {
  const long = typeof raw === 'object' ? (raw as { published?: unknown; host_ip?: unknown }) : undefined;
  if (long) {
    const port = Number(interpolate(String(long.published ?? ''), values));
    const variable = variableIn(String(long.published ?? ''));
    return port > 0 ? [{ service, host: String(long.host_ip ?? '0.0.0.0'), port, variable }] : [];
  }
  const match = /^(?:(.*):)?([^:]+):([^:]+)$/.exec(interpolate(String(raw), values));
  const port = Number(match?.[2]);
  if (!(port > 0)) return [];
  // The published port is the last expression but the container's, which is a plain number.
  const names = [...String(raw).matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name]) => name);
  return [{ service, host: match?.[1] || '0.0.0.0', port, variable: names.at(-1) }];
}

function mergeService(base: ComposeService | undefined, more: ComposeService): ComposeService {
  if (!base) return more;
  return {
    environment: { ...base.environment, ...more.environment },
    ports: [...base.ports, ...more.ports],
    secrets: [...new Set([...base.secrets, ...more.secrets])],
    replicas: more.replicas === 1 ? base.replicas : more.replicas,
  };
}
