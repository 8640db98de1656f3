import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dashboards } from '../../scripts/monitoring/dashboards.ts';
import { DATABASE, until } from '../faults/installation.ts';
import { metricsIn, shippedRules } from './metric-names.ts';
import { canMonitor, type Stack, startStack, type Told } from './stack.ts';

/** Within how long somebody has to be told. */
const TOLD_WITHIN_MS = 90_000;

// Skipped where Prometheus, Alertmanager or an exporter is not installed; CI has them.
describe.skipIf(!canMonitor())(
  'a real fault is told to the webhook within 90 seconds, and that it is over',
  () => {
    let stack: Stack;
    let exporterGone = 0;
    let exporterTold: Promise<number>;
    beforeAll(async () => {
      stack = await startStack();
      await until('all targets are up', async () => {
        const down = await stack.query('up == 0');
        const up = await stack.query('count(up == 1)');
        return down.length === 0 && Number(up[0]?.value[1]) === 9;
      });
    }, 90_000);
    afterAll(() => stack?.close());

    const last = (alert: string, labels: Record<string, string> = {}): Told | undefined =>
      stack.told.findLast((one) =>
        Object.entries({ alertname: alert, ...labels }).every(([name, value]) => one.labels[name] === value),
      );
    const is = (status: Told['status'], alert: string, labels?: Record<string, string>): Promise<void> =>
      until(
        `${alert} is ${status}`,
        async () => last(alert, labels)?.status === status,
        undefined,
        TOLD_WITHIN_MS,
      ).catch((error: Error) => {
        throw new Error(
          `${error.message} ${JSON.stringify(stack.told.map(({ labels: l, status: s }) => [s, Object.values(l).join(' ')]))}`,
        );
      });
    const ask = (): Promise<unknown> => stack.people.browser.request('GET', '/technologies');
    const asked = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 10) await Promise.all(Array.from({ length: 10 }, ask));
    };

    test('nothing but the dead man’s switch is told before anything is wrong', async () => {
      await is('firing', 'DeadMansSwitch');
      expect([...new Set(stack.told.map(({ labels }) => labels['alertname']))]).toEqual(['DeadMansSwitch']);
    }, 100_000);

    test('every panel has data, but those that need what is not here', async () => {
      // A job that runs: the document is put into the index.
      const documents = [{ externalId: 'monitoring', text: '# Monitoring\n\nPrometheus reads figures.' }];
      const ingested = await stack.people.browser.request('POST', '/documents:batch', { documents });
      expect(ingested.status, JSON.stringify(ingested.body)).toBeLessThan(300);
      const empty = async (): Promise<string[]> => {
        await asked(10);
        await stack.people.browser.request('GET', '/overview');
        const found: string[] = [];
        for (const { title, panels } of dashboards)
          for (const panel of panels) {
            if ('logs' in panel || panel.needs !== undefined) continue;
            for (const query of Object.values(panel.queries))
              if ((await stack.query(query)).length === 0) found.push(`${title}, ${panel.title}: ${query}`);
          }
        return found;
      };
      let last: string[] = ['not asked yet'];
      const filled = async (): Promise<boolean> => {
        await sleep(1000);
        last = await empty();
        return last.length === 0;
      };
      await until('all have data', filled, undefined, 60_000).catch(() => expect(last).toEqual([]));
    }, 90_000);

    test('every metric that a rule names is really exported, but those that need what is not here', async () => {
      const named = shippedRules().flatMap(({ alert, expr }) => (alert === undefined ? [] : metricsIn(expr)));
      // Of containers, of a backup that nobody has made here, and of a drill.
      const notHere =
        /^container_|^commandcenter_backup_newest_verified_age_seconds$|^commandcenter_drill_held$|^api:/;
      const missing: string[] = [];
      for (const name of new Set(named))
        if (!notHere.test(name) && (await stack.query(`count(${name})`)).length === 0) missing.push(name);
      expect(missing).toEqual([]);
    });

    test('a job that failed for good, one that waits, requests that fail, Redis that is away', async () => {
      const { postgres, redis } = stack.installation;
      // Told after a minute: that is waited for in the end.
      exporterGone = Date.now();
      await stack.exporter('node').kill();
      exporterTold = is('firing', 'TargetDown', { job: 'node' }).then(() => Date.now());
      exporterTold.catch(() => {});
      await redis.kill();
      await postgres.query(
        `insert into jobs (id, project_id, kind, root_id, input, state, created_at)
       select id, (select id from projects limit 1), 'repositories.sync', id, '{}', state, now() - interval '20 minutes'
       from (values (gen_random_uuid(), 'failed'), (gen_random_uuid(), 'queued')) as job (id, state)`,
        DATABASE,
      );
      await postgres.query('alter table technologies rename to technologies_away', DATABASE);
      // Requests go on failing until it is told: a counter that appears with its last value has not grown.
      const failing = until(
        'failed requests are told',
        async () => {
          await Promise.all([ask(), ask(), ask()]);
          await sleep(1000);
          return last('ApiErrors')?.status === 'firing';
        },
        undefined,
        TOLD_WITHIN_MS,
      );
      await Promise.all([
        failing,
        is('firing', 'RedisDown'),
        is('firing', 'JobsFailed', { kind: 'repositories.sync' }),
        is('firing', 'QueueAge', { kind: 'repositories.sync' }),
      ]);
      expect(last('JobsFailed')?.annotations).toMatchObject({
        summary: '1 jobs of the kind repositories.sync have failed for good and wait for a person.',
        runbook_url: 'docs/runbooks/jobs-failed.md',
      });
      await redis.start();
      await postgres.query('delete from jobs', DATABASE);
      await postgres.query('alter table technologies_away rename to technologies', DATABASE);
      await asked(3000);
      await Promise.all(
        ['RedisDown', 'JobsFailed', 'QueueAge', 'ApiErrors'].map((alert) => is('resolved', alert)),
      );
    }, 240_000);

    test('the API killed and PostgreSQL stopped: the exporter tells of what the API can’t any more', async () => {
      await stack.api.kill();
      await stack.installation.postgres.stop();
      await Promise.all([is('firing', 'ApiDown'), is('firing', 'DatabaseDown')]);
      await stack.installation.postgres.start();
      await stack.restartApi();
      await Promise.all([is('resolved', 'ApiDown'), is('resolved', 'DatabaseDown')]);
    }, 240_000);

    test('an exporter that is gone is told too', async () => {
      expect((await exporterTold) - exporterGone).toBeLessThan(TOLD_WITHIN_MS);
      stack.exporter('node').start();
      await is('resolved', 'TargetDown', { job: 'node' });
    }, 200_000);
  },
);
