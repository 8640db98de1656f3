import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  findPostgres,
  hasRedis,
  type Installation,
  install,
  type People,
  type ProductProcess,
  signIn,
  until,
} from './installation.ts';
import { expectNothingLost, startLoad } from './load.ts';
import { type Balancer, hasNginx, startNginx } from './nginx.ts';

// Skipped where PostgreSQL, Redis or nginx are not installed; CI has them.
const possible = findPostgres() !== undefined && hasRedis() && hasNginx();

describe.skipIf(!possible)('two replicas behind nginx', () => {
  let installation: Installation;
  let replicas: ProductProcess[];
  let nginx: Balancer;
  let people: People;
  /** Where the replica was that has left; nginx still looks there. */
  let leftUrl: string;

  beforeAll(async () => {
    installation = await install();
    replicas = [
      await installation.serve({ DRAIN_SECONDS: '5' }),
      await installation.serve({ DRAIN_SECONDS: '2' }),
    ];
    nginx = await startNginx(installation.folder, replicas);
    people = await signIn(installation, replicas[0] as ProductProcess);
  }, 60_000);
  afterAll(async () => {
    await nginx?.close();
    await installation?.close();
  });

  /** Follows a job as a page does: whenever the stream ends before the job, it is opened anew. */
  function follow(jobId: string): { opened: () => number; failed: () => number; stop: () => void } {
    const stop = new AbortController();
    let opened = 0;
    let failed = 0;
    const run = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const answer = await fetch(`${nginx.url}/api/v1/jobs/${jobId}/events`, {
          headers: { authorization: `Bearer ${people.token}` },
          signal: stop.signal,
        });
        if (answer.status === 200) opened += 1;
        else failed += 1;
        await answer.text();
      }
    };
    const ended = (): void => {
      if (!stop.signal.aborted) failed += 1;
    };
    run().catch(ended);
    return { opened: () => opened, failed: () => failed, stop: () => stop.abort() };
  }

  /** Sends a document bit by bit, as over a slow line. */
  async function uploadSlowly(seconds: number): Promise<number | undefined> {
    const boundary = 'a-boundary';
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="slow.md"\r\ncontent-type: text/markdown\r\n\r\n# Slow\n\n`;
    const sending = request(`${nginx.url}/api/v1/documents`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${people.token}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
    });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      sending.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sending.on('error', reject);
    });
    answered.catch(() => {});
    sending.write(head);
    for (let n = 0; n < seconds * 10; n++) {
      sending.write(`Line ${n} of a document that takes its time.\n`);
      await sleep(100);
    }
    sending.end(`\r\n--${boundary}--\r\n`);
    return answered;
  }

  test('a replica that is told to stop finishes what it has: no request fails, and it exits 0', async () => {
    const [leaving, staying] = replicas as [ProductProcess, ProductProcess];
    const tracked = await fetch(`${nginx.url}/api/v1/repositories:sample`, {
      method: 'POST',
      headers: { authorization: `Bearer ${people.token}` },
    });
    // No worker runs, so the job waits and its stream stays open.
    const { job } = (await tracked.json()) as { job: { id: string } };
    const streams = [follow(job.id), follow(job.id)];
    await until('the streams are open', async () => streams.every((stream) => stream.opened() === 1));
    const uploads = [uploadSlowly(8), uploadSlowly(8)];
    const load = startLoad(nginx, people);
    await sleep(1500);
    leaving.signal('SIGTERM');
    await until('the replica says that it is leaving', async () => {
      const ready = await fetch(`${leaving.url}/readyz`);
      return ready.status === 503 && ((await ready.json()) as { status: string }).status === 'draining';
    });
    const alive = await fetch(`${leaving.url}/livez`);
    expect(alive.status).toBe(200);
    // Who keeps connections opens new ones elsewhere, instead of meeting the end of this one.
    expect(alive.headers.get('connection')).toBe('close');
    expect(await leaving.ended()).toBe(0);
    expect(await Promise.all(uploads)).toEqual([202, 202]);
    await sleep(500);
    const report = await load.stop();
    expect(report.failures).toEqual({});
    expect(report.writes.sent).toBeGreaterThan(20);
    await until('the streams have come back', async () => streams.some((stream) => stream.opened() > 1));
    for (const stream of streams) {
      stream.stop();
      expect(stream.failed()).toBe(0);
    }
    await expectNothingLost(installation, nginx, people, report);
    leftUrl = leaving.url;
    replicas = [staying];
  });

  test('a replica that is killed under load costs no read, and comes back by itself into use', async () => {
    const [staying] = replicas as [ProductProcess];
    const other = await installation.serve({ PORT: new URL(leftUrl).port });
    const load = startLoad(nginx, people);
    await sleep(2500);
    await other.kill();
    await sleep(2500);
    const report = await load.stop();
    expect(report.reads).toMatchObject({ failed: 0 });
    // A change that was under way at this moment is not sent twice, so its caller is told.
    expect(report.writes.failed).toBeLessThanOrEqual(3);
    expect(report.writes.sent).toBeGreaterThan(20);
    await expectNothingLost(installation, nginx, people, report);
    expect((await fetch(`${staying.url}/readyz`)).status).toBe(200);
  });

  test('a second signal ends a process at once', async () => {
    const server = await installation.serve({ DRAIN_SECONDS: '60' });
    const begin = performance.now();
    server.signal('SIGTERM');
    await until('it is leaving', async () => (await fetch(`${server.url}/readyz`)).status === 503);
    server.signal('SIGTERM');
    expect(await server.ended()).toBe(1);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test('a database without its schema is refused in a sentence, with exit code 69', async () => {
    await installation.postgres.query('create database bare');
    const env = { DATABASE_URL: installation.postgres.url('bare') };
    for (const command of ['serve', 'worker']) {
      const { status, stderr } = await installation.run([command], env);
      expect(status).toBe(69);
      expect(stderr).toMatch(/^commandcenter: .*commandcenter migrate/m);
      expect(stderr).not.toContain('    at ');
    }
  });
});
