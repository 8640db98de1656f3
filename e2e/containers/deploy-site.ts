import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#testing/postgres-server.ts';
import type { Target } from './deploy-load.ts';
import { buildImage, docker, ROOT, run } from './engine.ts';

const CLI = join(ROOT, 'dist/server/cli.js');
const HOST = 'radar.test';

const MORE = 'COPY more.sql /opt/commandcenter/migrations/9001_more.sql';

/** What is made of the product's own images, each with one thing more. */
const VARIANTS = {
  one: 'LABEL version=one',
  two: 'LABEL version=two',
  /** Ends as soon as it serves; migrates as it should. */
  crashing: 'COPY crash.cjs /usr/local/bin/commandcenter',
  /** Serves, and never says that it is well. */
  unwell: 'COPY unwell.cjs /usr/local/bin/healthcheck',
  /** Adds a column. */
  migrating: MORE,
  /** Has a migration that fails. */
  failing: `${MORE}\nCOPY fails.sql /opt/commandcenter/migrations/9002_fails.sql`,
  /** Has a migration that no other version can live with. */
  breaking: `${MORE}\nCOPY breaking.sql /opt/commandcenter/migrations/9003_breaking.sql`,
} as const;

const FILES = {
  'crash.cjs': `#!/usr/local/bin/node
if (process.argv[2] === 'serve') { console.error('this version can only crash'); process.exit(7); }
require('/opt/commandcenter/dist/server/cli.js');
`,
  'unwell.cjs': '#!/usr/local/bin/node\nprocess.exit(1);\n',
  'more.sql': '-- compatible\nalter table projects add column more text;\n',
  'fails.sql': '-- compatible\nalter table projects add column lost text;\nselect 1 / 0;\n',
  'breaking.sql': '-- breaking\nselect 1;\n',
  'only-one-00000000.js': '// one\n',
  'only-two-00000000.js': '// two\n',
};

export type Variant = keyof typeof VARIANTS;

/** Images of several versions; the two web images differ in a file that pages of their version ask for. */
export interface VersionImages {
  server: Record<Variant, string>;
  web: { one: string; two: string };
  remove(): Promise<void>;
}

export async function buildVersions(): Promise<VersionImages> {
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-versions-'));
  const suffix = `deploy-test-${process.pid}`;
  const made: string[] = [];
  const build = async (name: string, tag: string, dockerfile: string): Promise<string> => {
    const reference = `${name}-${suffix}:${tag}`;
    await writeFile(join(folder, `${tag}.Dockerfile`), dockerfile);
    await docker('build', '-q', '-f', join(folder, `${tag}.Dockerfile`), '-t', reference, folder);
    made.push(reference);
    return reference;
  };
  try {
    for (const [name, text] of Object.entries(FILES))
      await writeFile(join(folder, name), text, { mode: 0o755 });
    for (const part of ['server', 'web'] as const) {
      const tag = `${part}-${suffix}:base`;
      await buildImage(part, { tag });
      made.push(tag);
    }
    const server = {} as Record<Variant, string>;
    for (const [variant, line] of Object.entries(VARIANTS) as [Variant, string][]) {
      server[variant] = await build('server', variant, `FROM server-${suffix}:base\n${line}\n`);
    }
    const web = (version: string): Promise<string> =>
      build(
        'web',
        version,
        `FROM web-${suffix}:base\nCOPY only-${version}-00000000.js /usr/share/nginx/html/assets/\n`,
      );
    return {
      server,
      web: { one: await web('one'), two: await web('two') },
      remove: async () => void (await docker('rmi', '--force', ...made)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// What takes seconds to be noticed in production, so that nothing is asked too often, is noticed at once here.
const QUICK = `x-quick: &quick {interval: 1s, timeout: 5s, retries: 5, start_period: 60s}
services:
  api: {healthcheck: {<<: *quick, test: ["CMD", "healthcheck"]}}
  worker: {healthcheck: {<<: *quick, test: ["CMD", "healthcheck", "worker"]}}
  web: {healthcheck: {<<: *quick, test: ["CMD", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8081/livez"]}}
  edge: {healthcheck: {<<: *quick, test: ["CMD", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8081/livez"]}}
`;

export interface Outcome {
  status: number;
  output: string;
}

/** A production folder of its own, its project and its port on loopback. */
export interface DeploySite {
  readonly directory: string;
  readonly project: string;
  readonly port: number;
  /** Runs a command of the product to its end. */
  command(...args: string[]): Promise<Outcome>;
  deploy(images: { image: string; webImage: string }, ...more: string[]): Promise<Outcome>;
  /** Starts a command and kills it, whole, as soon as it says that it begins a step; false if it never did. */
  killAt(step: string, ...args: string[]): Promise<boolean>;
  state(): Promise<{ current: { name: string; image: string; webImage: string } | null; operation: unknown }>;
  get(path: string): Promise<{ status: number; body: string }>;
  query(sql: string): Promise<string>;
  /** Signs the first owner in, and makes a job that never ends. */
  target(): Promise<Target>;
  close(): Promise<void>;
}

export async function createDeploySite(images: { image: string; webImage: string }): Promise<DeploySite> {
  const base = await mkdtemp(join(tmpdir(), 'commandcenter-deploy-'));
  const directory = join(base, 'site');
  const project = `deploy-test-${process.pid}-${Date.now().toString(36)}`;
  const [httpPort, port] = [await freePort(), await freePort()];
  const env = { NO_COLOR: '1', DATA_DIR: base };
  const command = async (...args: string[]): Promise<Outcome> => {
    const { status, stdout, stderr } = await run(process.execPath, [CLI, ...args], { env });
    return { status, output: `${stdout}${stderr}` };
  };
  const init = ['--domain', HOST, '--project', project, '--self-signed'];
  const ports = ['--http-port', String(httpPort), '--https-port', String(port)];
  const made = await command(
    'init',
    directory,
    ...init,
    ...ports,
    '--image',
    images.image,
    '--web-image',
    images.webImage,
  );
  if (made.status !== 0) throw new Error(made.output);
  await settle(directory, { httpPort, port });
  const certificate = await readFile(join(directory, 'edge/tls/fullchain.pem'), 'utf8');
  const get = (path: string, token = ''): Promise<{ status: number; body: string }> =>
    ask({ port, certificate, token }, 'GET', path);
  const query = (sql: string): Promise<string> =>
    docker('exec', `${project}-postgres-1`, 'psql', '-U', 'postgres', '-d', 'commandcenter', '-Atc', sql);

  return {
    directory,
    project,
    port,
    command,
    get,
    query,
    deploy: ({ image, webImage }, ...more) =>
      command('deploy', directory, '--image', image, '--web-image', webImage, '--allow-tags', ...more),
    killAt: (step, ...args) =>
      killAtStep(spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } }), step),
    state: async () => JSON.parse(await readFile(join(directory, 'deployments/state.json'), 'utf8')),
    async target() {
      const [api = ''] = (await docker('ps', '-q', '--filter', `name=${project}-.*-api-1`)).split('\n');
      const link = await docker('exec', api, 'commandcenter', 'login-link');
      const token = await makeToken({ port, certificate }, new URL(link));
      const jobId = await query(
        `insert into jobs (id, project_id, kind, root_id, input, state, heartbeat_at)
         select id, project, 'test.endless', id, '{}', 'running', '2100-01-01'
         from (select gen_random_uuid() as id, (select id from projects limit 1) as project) one returning id`,
      );
      return { port, host: HOST, certificate, token, jobId: jobId.split('\n')[0] ?? '' };
    },
    async close() {
      const labels = ['', '-blue', '-green'].map(
        (colour) => `label=com.docker.compose.project=${project}${colour}`,
      );
      for (const kind of ['container', 'network', 'volume'] as const) {
        for (const label of labels) {
          const list =
            kind === 'container' ? ['ps', '-aq', '--filter', label] : [kind, 'ls', '-q', '--filter', label];
          const ids = (await docker(...list)).split('\n').filter(Boolean);
          if (ids.length > 0) await docker(...(kind === 'container' ? ['rm', '-fv'] : [kind, 'rm']), ...ids);
        }
      }
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** On loopback only, with little waiting and without the limits that a load would meet. */
async function settle(
  directory: string,
  { httpPort, port }: { httpPort: number; port: number },
): Promise<void> {
  await writeFile(join(directory, 'docker-compose.quick.yml'), QUICK);
  const nginx = join(directory, 'edge/nginx.conf');
  const text = await readFile(nginx, 'utf8');
  await writeFile(nginx, text.replace('worker_shutdown_timeout 1m;', 'worker_shutdown_timeout 10s;'));
  const path = join(directory, '.env');
  const given: Record<string, string> = {
    HTTP_PORT: `127.0.0.1:${httpPort}`,
    HTTPS_PORT: `127.0.0.1:${port}`,
    COMPOSE_FILE: 'docker-compose.yml:docker-compose.prod.yml:docker-compose.quick.yml',
    RATE_LIMIT_PER_MINUTE: '1000000',
    DRAIN_SECONDS: '1',
    // A machine that is busy with tests is slow, which is not what is measured.
    DATABASE_CONNECT_TIMEOUT_SECONDS: '30',
    DATABASE_STATEMENT_TIMEOUT_SECONDS: '60',
    WEB_REPLICAS: '1',
  };
  const kept = (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => !((line.split('=')[0] as string) in given));
  const added = Object.entries(given).map(([name, value]) => `${name}=${value}`);
  await writeFile(path, `${[...kept, ...added].join('\n')}\n`);
}

async function killAtStep(child: ChildProcess, step: string): Promise<boolean> {
  let output = '';
  let killed = false;
  const look = (text: Buffer): void => {
    output += String(text);
    if (killed || !new RegExp(`^${step}\\b`, 'm').test(output)) return;
    killed = true;
    child.kill('SIGKILL');
  };
  child.stdout?.on('data', look);
  child.stderr?.on('data', look);
  await once(child, 'exit');
  return killed;
}

interface Entrance {
  port: number;
  certificate: string;
  token?: string;
  cookie?: string;
}

interface EdgeAnswer {
  status: number;
  body: string;
  cookies: string[];
}

function ask(
  { port, certificate, token, cookie }: Entrance,
  method: string,
  path: string,
  body?: unknown,
): Promise<EdgeAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: `${HOST}:${port}`,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(cookie ? { cookie } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const options = {
      host: '127.0.0.1',
      port,
      servername: HOST,
      ca: certificate,
      agent: false,
      timeout: 20_000,
    };
    const sent = request({ ...options, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: text, cookies: answer.headers['set-cookie'] ?? [] }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function makeToken(entrance: Entrance, link: URL): Promise<string> {
  const login = await ask(entrance, 'GET', `${link.pathname}${link.search}`);
  const cookie = login.cookies.map((line) => line.split(';')[0]).join('; ');
  const made = await ask({ ...entrance, cookie }, 'POST', '/api/v1/tokens', { name: 'load', scope: 'admin' });
  const { token } = JSON.parse(made.body) as { token?: string };
  if (!token) throw new Error(`No token: ${login.status} ${made.status} ${made.body}`);
  return token;
}
