import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from '#testing/postgres-server.ts';
import {
  type Installation,
  install,
  type People,
  type ProductProcess,
  signIn,
  until,
} from '../faults/installation.ts';
import { type Edge, startEdge } from '../nginx/edge.ts';

const SHIPPED = join(import.meta.dirname, '../../deploy/monitoring');
const PROGRAMS = ['postgres', 'redis', 'node', 'nginx', 'blackbox'].map(
  (name) => `prometheus-${name}-exporter`,
);

/** Whether all programs are installed: Debian's packages, which CI has. */
export function canMonitor(): boolean {
  const needed = ['prometheus', 'prometheus-alertmanager', ...PROGRAMS, 'redis-server'];
  return needed.every((name) => spawnSync('which', [name]).status === 0);
}

/** Jobs of prometheus.yml that can't run as processes here, and why. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  containers: 'cAdvisor needs containers, and is not in Debian',
  loki: 'only as an image',
  alloy: 'only as an image',
  tempo: 'only as an image',
  grafana: 'only as an image',
};

/** An alert as Alertmanager posts it. */
export interface Told {
  status: 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** A whole installation as processes, with what watches it. */
export interface Stack {
  installation: Installation;
  api: ProductProcess;
  people: People;
  /** Everything that was posted, in order. */
  told: Told[];
  /** Kills and starts again the exporter of a job. */
  exporter(job: string): { kill(): Promise<void>; start(): void };
  restartApi(): Promise<void>;
  /** The value of an instant query: one entry a series. */
  query(promql: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
  close(): Promise<void>;
}

interface Program {
  port: number;
  start(): void;
  kill(): Promise<void>;
}

/** A program that listens on a free port; what it says is thrown away. */
async function program(
  command: string,
  args: (port: number) => string[],
  env: Record<string, string> = {},
): Promise<Program> {
  const port = await freePort();
  let child: ChildProcess;
  const start = (): void => {
    child = spawn(command, args(port), { stdio: 'ignore', env: { PATH: process.env['PATH'] ?? '', ...env } });
  };
  start();
  return {
    port,
    start,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * Starts the product, its servers, all exporters, Prometheus and Alertmanager with the shipped rules, and with short
 * intervals unless `asShipped`.
 */
export async function startStack({ asShipped = false } = {}): Promise<Stack> {
  const installation = await install({ env: { METRICS_HOST: '127.0.0.1' } });
  await installation.postgres.query("select pg_create_physical_replication_slot('standby', true)");
  const ports = { api: await freePort(), apiMetrics: await freePort(), workerMetrics: await freePort() };
  const serve = (): Promise<ProductProcess> =>
    installation.serve({ PORT: String(ports.api), METRICS_PORT: String(ports.apiMetrics) });
  let api = await serve();
  await installation.work({ METRICS_PORT: String(ports.workerMetrics) });
  const people = await signIn(installation, api);
  const edge = await startEdge({
    parent: installation.folder,
    nginx: { tls: { publicPort: 443 }, files: 'proxy', serverNames: ['localhost'] },
    upstreams: { api: [new URL(api.url).host], web: [new URL(api.url).host] },
  });
  const exporters = await startExporters(installation, edge);
  const told: Told[] = [];
  const webhook = await receive(told);
  const alertmanager = await startAlertmanager(installation.folder, webhook, asShipped);
  // One that does not answer yet is told again a minute later.
  await until(
    'Alertmanager is ready',
    async () => (await fetch(`http://127.0.0.1:${alertmanager.port}/-/ready`)).ok,
  );
  const targets = {
    'commandcenter-api': ports.apiMetrics,
    'commandcenter-worker': ports.workerMetrics,
    alertmanager: alertmanager.port,
    ...Object.fromEntries(Object.entries(exporters).map(([job, { port }]) => [job, port])),
  };
  const prometheus = await startPrometheus(installation.folder, edge, { targets, asShipped });
  const url = `http://127.0.0.1:${prometheus.port}`;
  await until('Prometheus is ready', async () => (await fetch(`${url}/-/ready`)).ok);
  return {
    installation,
    get api() {
      return api;
    },
    people,
    told,
    exporter: (job) => exporters[job] as Program,
    async restartApi() {
      api = await serve();
    },
    async query(promql) {
      const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`);
      const body = (await answer.json()) as { error?: string; data?: { result: never[] } };
      if (!body.data) throw new Error(`${promql}: ${body.error}`);
      return body.data.result;
    },
    async close() {
      for (const one of [prometheus, alertmanager, ...Object.values(exporters)]) await one.kill();
      webhook.closeAllConnections();
      webhook.close();
      await edge.close();
      await installation.close();
    },
  };
}

async function startExporters(
  { postgres, redis }: Installation,
  edge: Edge,
): Promise<Record<string, Program>> {
  const listen = (port: number): string => `127.0.0.1:${port}`;
  return {
    postgres: await program(
      'prometheus-postgres-exporter',
      (port) => [`--web.listen-address=${listen(port)}`],
      {
        DATA_SOURCE_NAME: `${postgres.url()}?sslmode=disable`,
      },
    ),
    redis: await program('prometheus-redis-exporter', (port) => [
      `-web.listen-address=${listen(port)}`,
      `-redis.addr=${redis.url}`,
    ]),
    node: await program('prometheus-node-exporter', (port) => [`--web.listen-address=${listen(port)}`]),
    nginx: await program('prometheus-nginx-exporter', (port) => [
      `-web.listen-address=${listen(port)}`,
      `-nginx.scrape-uri=${edge.statusUrl}/stub_status`,
    ]),
    probe: await program('prometheus-blackbox-exporter', (port) => [
      `--web.listen-address=${listen(port)}`,
      `--config.file=${join(SHIPPED, 'blackbox/blackbox.yml')}`,
    ]),
  };
}

async function receive(told: Told[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    told.push(...(JSON.parse(Buffer.concat(chunks).toString()) as { alerts: Told[] }).alerts);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** As the image starts it, but that it waits for others for a second where it would for longer. */
async function startAlertmanager(folder: string, webhook: Server, asShipped: boolean): Promise<Program> {
  const receivers = join(folder, 'receivers');
  await mkdir(receivers);
  const { port } = webhook.address() as { port: number };
  await writeFile(join(receivers, 'webhook_url'), `http://127.0.0.1:${port}/`);
  const template = await readFile(join(SHIPPED, 'alertmanager/alertmanager.yml'), 'utf8');
  await writeFile(
    join(folder, 'alertmanager.yml'),
    asShipped ? template : template.replace(/group_(wait|interval): \d+[sm]/g, 'group_$1: 1s'),
  );
  return program(
    'sh',
    (own) => [
      join(SHIPPED, 'alertmanager/start-alertmanager.sh'),
      `--web.listen-address=127.0.0.1:${own}`,
      '--cluster.listen-address=',
      `--storage.path=${join(folder, 'alertmanager')}`,
    ],
    {
      ALERTMANAGER: 'prometheus-alertmanager',
      ALERTMANAGER_TEMPLATE: join(folder, 'alertmanager.yml'),
      ALERTMANAGER_CONFIG: join(folder, 'alertmanager-filled.yml'),
      RECEIVERS_DIR: receivers,
    },
  );
}

interface Job {
  job_name: string;
  params?: { module: string[] };
  relabel_configs?: { target_label: string; replacement?: string }[];
  [discovery: `${string}_sd_configs`]: unknown;
  static_configs?: { targets: string[] }[];
}
interface PrometheusConfig {
  global: Record<string, string>;
  alerting: unknown;
  scrape_configs: Job[];
}

/** The shipped configuration with other addresses; the rules are those that ship. */
async function startPrometheus(
  folder: string,
  edge: Edge,
  { targets, asShipped }: { targets: Readonly<Record<string, number>>; asShipped: boolean },
): Promise<Program> {
  const config = parse(
    await readFile(join(SHIPPED, 'prometheus/prometheus.yml'), 'utf8'),
  ) as PrometheusConfig;
  if (!asShipped) config.global = { scrape_interval: '3s', scrape_timeout: '3s', evaluation_interval: '1s' };
  config.alerting = {
    alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${targets['alertmanager']}`] }] }],
  };
  await cp(join(SHIPPED, 'prometheus/rules'), join(folder, 'rules'), { recursive: true });
  return program('prometheus', (own) => {
    config.scrape_configs = config.scrape_configs
      .filter(({ job_name }) => !(job_name in NOT_HERE))
      .map((job) => withTargets(job, job.job_name === 'prometheus' ? own : targets[job.job_name], edge));
    spawnSync('tee', [join(folder, 'prometheus.yml')], { input: stringify(config) });
    return [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      ...(asShipped ? [] : ['--rules.alert.resend-delay=2s']),
      `--web.listen-address=127.0.0.1:${own}`,
    ];
  });
}

function withTargets(job: Job, port: number | undefined, edge: Edge): Job {
  if (port === undefined) throw new Error(`Nothing runs for ${job.job_name}.`);
  const { dns_sd_configs: _, file_sd_configs: __, ...rest } = job;
  const target = `127.0.0.1:${port}`;
  if (job.job_name !== 'probe') return { ...rest, static_configs: [{ targets: [target] }] };
  return {
    ...rest,
    // The certificate of a test is nobody's: the module that does not ask who made it.
    params: { module: ['trial'] },
    static_configs: [{ targets: [`https://localhost:${edge.tlsPort}/health`] }],
    relabel_configs: (job.relabel_configs ?? []).map((one) =>
      one.target_label === '__address__' ? { ...one, replacement: target } : one,
    ),
  };
}
