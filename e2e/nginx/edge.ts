import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  type NginxOptions,
  renderNginx,
  renderUpstreams,
  type Upstreams,
} from '../../src/features/operations/index.ts';
import { freePort } from '../../src/testing/postgres-server.ts';
import { until } from '../faults/installation.ts';

const run = promisify(execFile);
export const PROGRAM = '/usr/sbin/nginx';
export const SERVER_NAME = 'radar.example.com';

export function hasNginx(): boolean {
  return existsSync(PROGRAM);
}

/** A real nginx on free ports, with what the product renders for it. */
export interface Edge {
  folder: string;
  file: string;
  port: number;
  url: string;
  tlsPort: number;
  statusUrl: string;
  /** What stands in the access log, line by line. */
  accessLog(): Promise<Record<string, unknown>[]>;
  errorLog(): Promise<string>;
  /** Replaces upstreams.conf, without a reload. */
  writeUpstreams(upstreams: Upstreams | string): Promise<void>;
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface EdgeParts {
  nginx: NginxOptions;
  upstreams: Upstreams;
  /** Where the folder of this nginx is made. */
  parent?: string;
  /** Files of the web application. */
  web?: string;
  /** A program and its arguments that the command of nginx is given to. */
  through?: readonly string[];
}

/** Starts nginx and waits until it answers. */
export async function startEdge(parts: EdgeParts): Promise<Edge> {
  const folder = await mkdtemp(join(parts.parent ?? tmpdir(), 'nginx-'));
  const [port, tlsPort, statusPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const file = join(folder, 'nginx.conf');
  const accessLogFile = join(folder, 'access.log');
  const errorLogFile = join(folder, 'error.log');
  const web = join(folder, 'web');
  if (parts.web) await cp(parts.web, web, { recursive: true });
  if (parts.nginx.tls) await makeCertificate(folder);
  await writeFile(
    file,
    renderNginx({
      listen: { http: `127.0.0.1:${port}`, https: `127.0.0.1:${tlsPort}`, status: `127.0.0.1:${statusPort}` },
      filesRoot: web,
      accessLog: accessLogFile,
      tempFolder: folder,
      workers: 2,
      ...parts.nginx,
    }),
  );
  const upstreamsFile = join(folder, 'upstreams.conf');
  await writeFile(upstreamsFile, renderUpstreams(parts.upstreams));
  const errors = await open(errorLogFile, 'w');
  const command = [...(parts.through ?? []), PROGRAM, '-c', file, '-p', folder, '-g', globalDirectives()];
  const [program = PROGRAM, ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', errors.fd, errors.fd],
    env: { ...process.env, NGINX_CONF: file, PATH: `${process.env['PATH']}:${dirname(PROGRAM)}` },
    // With all that is started beside it, it is ended as one.
    detached: true,
  });
  const statusUrl = `http://127.0.0.1:${statusPort}`;
  const errorLog = (): Promise<string> => readFile(errorLogFile, 'utf8');
  try {
    await until(
      'nginx answers',
      async () => child.exitCode !== null || (await fetch(`${statusUrl}/livez`)).ok,
    );
    if (child.exitCode !== null) throw new Error(`nginx ended: ${await errorLog()}`);
  } finally {
    await errors.close();
  }
  return {
    folder,
    file,
    port,
    url: `http://127.0.0.1:${port}`,
    tlsPort,
    statusUrl,
    errorLog,
    async accessLog() {
      const lines = (await readFile(accessLogFile, 'utf8')).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    writeUpstreams: (upstreams) =>
      writeFile(upstreamsFile, typeof upstreams === 'string' ? upstreams : renderUpstreams(upstreams)),
    async reload() {
      await run(PROGRAM, ['-c', file, '-p', folder, '-s', 'reload']);
    },
    async close() {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      if (ended && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As root nginx gives its workers to a user of the distribution, who may not look into folders of a test. */
function globalDirectives(): string {
  return process.getuid?.() === 0 ? 'daemon off; user root;' : 'daemon off;';
}

/** A certificate that nobody trusts, for the name of the tests, where the rendered configuration looks for it. */
export async function makeCertificate(folder: string): Promise<void> {
  const tls = join(folder, 'tls');
  await mkdir(tls, { recursive: true });
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '90'],
    ...['-keyout', join(tls, 'privkey.pem'), '-out', join(tls, 'fullchain.pem')],
    ...['-subj', `/CN=${SERVER_NAME}`, '-addext', `subjectAltName=DNS:${SERVER_NAME}`],
  ]);
}
