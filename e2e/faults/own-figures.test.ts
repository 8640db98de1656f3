import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  findPostgres,
  hasRedis,
  type Installation,
  install,
  METRICS_TOKEN,
  type ProductProcess,
} from './installation.ts';

const WAIT_MS = 120_000;
const hasServers = findPostgres() !== undefined && hasRedis();

interface Overview {
  processes: { role: string; processId: number; version: string }[];
  alerts: { rule: string; subject: string }[];
}
interface Entry {
  kind: string;
  title: string;
  until: string | null;
}

describe.skipIf(!hasServers)('what several processes know of themselves', { timeout: 4 * WAIT_MS }, () => {
  let installation: Installation;
  let servers: ProductProcess[];
  let worker: ProductProcess;

  beforeAll(async () => {
    installation = await install();
    worker = await installation.work();
    servers = [await installation.serve(), await installation.serve()];
  }, 2 * WAIT_MS);
  afterAll(() => installation?.close(), WAIT_MS);

  async function read<T>(server: ProductProcess, path: string): Promise<T> {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    const answer = await fetch(`${server.url}/api/v1/operations${path}`, { headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as T;
  }

  async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
    for (const end = Date.now() + WAIT_MS; ; await sleep(500)) {
      const value = await ask().catch(() => undefined);
      if (value !== undefined && holds(value)) return value;
      if (Date.now() > end) throw new Error(`Not in time: ${JSON.stringify(value)}`);
    }
  }

  test('each tells of all of them and of all requests, whichever is asked', async () => {
    const [first, second] = servers as [ProductProcess, ProductProcess];
    const told = await until(
      () => read<Overview>(first, ''),
      ({ processes }) => processes.length === 3,
    );
    expect(told.processes.map(({ role }) => role).sort()).toEqual(['api', 'api', 'worker']);
    for (let n = 0; n < 10; n++) await fetch(`${(n % 2 ? first : second).url}/api/v1/setup`);
    const isSetup = ({ route }: { route: string }) => route === '/api/v1/setup';
    const requests = () =>
      read<{ routes: { route: string; requests: number }[] }>(second, '/requests?seconds=600');
    await until(requests, ({ routes }) => routes.find(isSetup)?.requests === 10);
  });

  test('a worker that ends is not shown any more, and the next one is', async () => {
    const [server] = servers as [ProductProcess];
    worker.signal('SIGTERM');
    expect(await worker.ended()).toBe(0);
    const gone = await read<Overview>(server, '');
    expect(gone.processes.map(({ role }) => role)).not.toContain('worker');
    worker = await installation.work();
    await until(
      () => read<Overview>(server, ''),
      ({ processes }) => processes.some(({ role }) => role === 'worker'),
    );
  });

  test('a database that was away stands in the timeline when it is back, once for all processes', async () => {
    const [server] = servers as [ProductProcess];
    await installation.postgres.stop();
    // Longer than two beats, so that every process has something to tell.
    await sleep(25_000);
    await installation.postgres.start();
    const losses = async () =>
      (await read<{ items: Entry[] }>(server, '/timeline')).items.filter(
        ({ kind, title }) => kind === 'incident' && title.startsWith('The part "database"'),
      );
    const [loss] = await until(losses, (found) => found.length > 0);
    expect(loss?.until).not.toBeNull();
    await sleep(25_000);
    expect(await losses()).toHaveLength(1);
  });

  test('the version that runs began once, however many processes began', async () => {
    const { items } = await read<{ items: Entry[] }>(servers[0] as ProductProcess, '/timeline');
    expect(items.filter(({ kind }) => kind === 'deploy')).toHaveLength(1);
  });

  test('the command line beside them asks with the token of monitoring', async () => {
    const port = new URL((servers[0] as ProductProcess).url).port;
    const { status, stdout } = await installation.run(['status', '--json'], { PORT: port, METRICS_TOKEN });
    expect(JSON.parse(stdout).processes).toHaveLength(3);
    // There is no backup yet, and Redis is there.
    expect([0, 1]).toContain(status);
  });
});
