import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Load, type LoadReport, startDeployLoad, type Target } from './deploy-load.ts';
import {
  buildVersions,
  createDeploySite,
  type DeploySite,
  type Variant,
  type VersionImages,
} from './deploy-site.ts';
import { docker, whyNoDocker } from './engine.ts';

// A few in each run; `DEPLOYS=20 ROLLBACKS=5 KILLS=all` does what docs/deploy.md reports.
const DEPLOYS = Number(process.env['DEPLOYS'] ?? 2);
const ROLLBACKS = Number(process.env['ROLLBACKS'] ?? 1);
const KILLS = process.env['KILLS'] ?? 'switch';
const ALL_STEPS = 'data,migrate,clear,start,ready,smoke,switch,verify,drain,stop,record';
const WAITS = ['--drain-seconds', '30', '--ready-seconds', '180'];
const LONG_MS = 3_600_000;

// Skipped where no Docker engine answers; CI has one.
describe.skipIf(whyNoDocker() !== undefined)('a deploy on one host', () => {
  let images: VersionImages;
  let site: DeploySite;
  let target: Target;
  let load: Load | undefined;

  const version = (server: Variant, web: 'one' | 'two' = 'one') => ({
    image: images.server[server],
    webImage: images.web[web],
  });
  const releaseThatAnswers = async (): Promise<string> => {
    const { status, body } = await site.get('/readyz');
    expect(status).toBe(200);
    return (JSON.parse(body) as { release: string }).release;
  };
  /** What is written down serves, and nothing is left to be done. */
  const expectServing = async (image: string): Promise<void> => {
    const { current, operation } = await site.state();
    expect(operation).toBeNull();
    expect(current?.image).toBe(image);
    expect(await releaseThatAnswers()).toBe(current?.name);
  };
  const stopLoad = async (): Promise<LoadReport> => {
    const report = await (load as Load).stop();
    load = undefined;
    return report;
  };
  /** Every request was answered, and what was acknowledged is there. */
  const expectNothingLost = async (report: LoadReport): Promise<void> => {
    expect(report.failures).toEqual({});
    const there = new Set((await site.query('select slug from technologies')).split('\n'));
    expect(report.acknowledged.filter((slug) => !there.has(slug))).toEqual([]);
  };

  beforeAll(async () => {
    images = await buildVersions();
    site = await createDeploySite(version('one'));
  }, LONG_MS);
  afterAll(async () => {
    await site?.close();
    await images?.remove();
  }, LONG_MS);

  test(
    'the first one starts everything, in images that .env names',
    async () => {
      const { status, output } = await site.command('deploy', site.directory, '--allow-tags', ...WAITS);
      expect(output).toContain('serves after');
      expect(status).toBe(0);
      await expectServing(images.server.one);
      target = await site.target();
    },
    LONG_MS,
  );

  describe('under load', () => {
    beforeEach(() => {
      load = startDeployLoad(target);
    });
    afterEach(async () => void (await load?.stop()));

    test(
      `${DEPLOYS} deploys and ${ROLLBACKS} rollbacks under load: every request is answered`,
      async () => {
        const took: number[] = [];
        for (let n = 0; n < DEPLOYS; n++) {
          const server = (['two', 'migrating', 'one'] as const)[n % 3] as Variant;
          const { current } = await site.state();
          const web = current?.webImage === images.web.one ? 'two' : 'one';
          const begin = performance.now();
          const { status, output } = await site.deploy(version(server, web), ...WAITS);
          expect(status, output).toBe(0);
          took.push((performance.now() - begin) / 1000);
          await expectServing(images.server[server]);
          // Pages of either release get their files.
          for (const name of ['one', 'two']) {
            expect((await site.get(`/assets/only-${name}-00000000.js`)).status).toBe(200);
          }
          expect((await site.get('/assets/of-nobody-00000000.js')).status).toBe(404);
          // Spread over the deploys.
          const due = Math.floor(((n + 1) * ROLLBACKS) / DEPLOYS) - Math.floor((n * ROLLBACKS) / DEPLOYS);
          for (let back = 0; back < due; back++) {
            const undone = await site.command('rollback', site.directory, ...WAITS);
            expect(undone.status, undone.output).toBe(0);
            expect(await releaseThatAnswers()).toBe((await site.state()).current?.name);
          }
        }
        const report = await stopLoad();
        await expectNothingLost(report);
        expect(report.sent).toBeGreaterThan(DEPLOYS * 100);
        expect(report.uploads).toBeGreaterThan(DEPLOYS);
        // Streams end with the server that they came from, and are opened anew on the other.
        expect(report.streamsOpened).toBeGreaterThan(DEPLOYS);
        const seconds = took.sort((a, b) => a - b)[Math.floor(took.length / 2)]?.toFixed(1);
        const { sent, repeated, uploads, streamsOpened, streamsCut, acknowledged, longestMs } = report;
        process.stdout.write(
          `${DEPLOYS} deploys (median ${seconds} s), ${ROLLBACKS} rollbacks: ${sent} requests, failed: ${JSON.stringify(report.failures)}, ${repeated} sent again, ${uploads} uploads, ${streamsOpened} streams (${streamsCut} cut), ${acknowledged.length} writes, longest ${longestMs} ms\n`,
        );
      },
      LONG_MS,
    );

    test(
      'an image that crashes or is never well never serves, and is removed again',
      async () => {
        const before = await releaseThatAnswers();
        const { image } = (await site.state()).current as { image: string };
        const crashed = await site.deploy(version('crashing'), ...WAITS);
        expect(crashed.output).toContain('this version can only crash');
        expect(crashed.status).toBe(3);
        const unwell = await site.deploy(version('unwell'), '--ready-seconds', '15');
        expect(unwell.output).toMatch(/was not healthy within 15 seconds|health check fails/);
        expect(unwell.status).toBe(3);
        expect(await releaseThatAnswers()).toBe(before);
        await expectServing(image);
        for (const variant of ['crashing', 'unwell'] as const) {
          expect(await docker('ps', '-aq', '--filter', `ancestor=${images.server[variant]}`)).toBe('');
        }
        await expectNothingLost(await stopLoad());
        // What was kept before is still there to go back to, though its containers had to make room.
        const back = await site.command('rollback', site.directory, ...WAITS);
        expect(back.status, back.output).toBe(0);
        expect(await releaseThatAnswers()).not.toBe(before);
      },
      LONG_MS,
    );

    test(
      'a migration that fails stops before the switch and changes nothing',
      async () => {
        const before = await releaseThatAnswers();
        const { status, output } = await site.deploy(version('failing'), ...WAITS);
        expect(output).toContain('division by zero');
        expect(output).not.toMatch(/^switch/m);
        expect(status).toBe(3);
        expect(await releaseThatAnswers()).toBe(before);
        const columns = `select count(*) from information_schema.columns where table_name = 'projects' and column_name = 'lost'`;
        expect(await site.query(columns)).toBe('0');
        await expectNothingLost(await stopLoad());
      },
      LONG_MS,
    );

    test.each((KILLS === 'all' ? ALL_STEPS : KILLS).split(','))(
      'a deployer that is killed at "%s" leaves a working service, and --resume ends it',
      async (step) => {
        const { current } = await site.state();
        const next = current?.image === images.server.one ? 'two' : 'one';
        const { image, webImage } = version(next);
        const argv = [
          'deploy',
          site.directory,
          '--image',
          image,
          '--web-image',
          webImage,
          '--allow-tags',
          ...WAITS,
        ];
        expect(await site.killAt(step, ...argv)).toBe(true);
        await releaseThatAnswers();
        const another = await site.deploy(version(next), ...WAITS);
        expect(another.output).toContain('--resume');
        expect(another.status).toBe(3);
        const resumed = await site.command('deploy', site.directory, '--resume');
        expect(resumed.status, resumed.output).toBe(0);
        await expectServing(image);
        await sleep(500);
        await expectNothingLost(await stopLoad());
      },
      LONG_MS,
    );
  });

  test(
    'a rollback that is killed at the switch is ended by --resume',
    async () => {
      const { current } = await site.state();
      expect(await site.killAt('switch', 'rollback', site.directory, ...WAITS)).toBe(true);
      await releaseThatAnswers();
      const { status, output } = await site.command('deploy', site.directory, '--resume');
      expect(status, output).toBe(0);
      expect((await site.state()).current?.name).not.toBe(current?.name);
      expect(await releaseThatAnswers()).toBe((await site.state()).current?.name);
      const again = await site.command('deploy', site.directory, '--resume');
      expect(again.output).toContain('Nothing was broken off.');
    },
    LONG_MS,
  );

  test(
    'a breaking migration is refused while something serves; after it there is no way back',
    async () => {
      const refused = await site.deploy(version('breaking'), ...WAITS);
      expect(refused.output).toContain('9003_breaking.sql is breaking');
      expect(refused.status).toBe(3);
      const before = await releaseThatAnswers();
      const stop = /`docker (compose -p \S+ stop)`/.exec(refused.output)?.[1];
      execFileSync('docker', (stop as string).split(' '), { cwd: site.directory, stdio: 'ignore' });
      const allowed = await site.deploy(version('breaking'), ...WAITS);
      expect(allowed.status, allowed.output).toBe(0);
      expect(await releaseThatAnswers()).not.toBe(before);
      const back = await site.command('rollback', site.directory, ...WAITS);
      expect(back.output).toContain("can't work with the schema any more");
      expect(back.status).toBe(3);
      await expectServing(images.server.breaking);
    },
    LONG_MS,
  );

  test(
    'images have to be named by digest, unless it is said that tags will do',
    async () => {
      const { one } = images.server;
      const { status, output } = await site.command('deploy', site.directory, '--image', one);
      expect(output).toContain('a tag can move');
      expect(status).toBe(3);
    },
    LONG_MS,
  );
});
