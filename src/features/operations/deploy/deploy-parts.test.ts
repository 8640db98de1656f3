import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countLeaving, renderRoute } from './edge.ts';
import { requireDigests } from './images.ts';
import { stepsOf } from './operate.ts';
import { assetIn, releaseIn } from './probe.ts';
import { readSite } from './site.ts';

const DIGEST = `registry.example.com/commandcenter@sha256:${'0a'.repeat(32)}`;

test('images are named by digest', () => {
  requireDigests({ image: DIGEST, webImage: DIGEST });
  for (const tag of ['commandcenter', 'commandcenter:1.0', `commandcenter@sha256:${'0a'.repeat(31)}`]) {
    expect(() => requireDigests({ image: DIGEST, webImage: tag })).toThrow(
      expect.objectContaining({ code: 'image-not-by-digest', message: expect.stringContaining(tag) }),
    );
  }
});

test('a rollback starts, switches and stops; it migrates nothing and clears nothing away', () => {
  expect(stepsOf('deploy')).toEqual([
    'data',
    'migrate',
    'clear',
    'start',
    'ready',
    'smoke',
    'switch',
    'verify',
    'drain',
    'stop',
    'record',
  ]);
  expect(stepsOf('rollback')).toEqual([
    'start',
    'ready',
    'smoke',
    'switch',
    'verify',
    'drain',
    'stop',
    'record',
  ]);
  expect(stepsOf('rollback', 'verify')).toEqual(['verify', 'drain', 'stop', 'record']);
});

test('traffic goes to one colour; the web server of the other has the files of open pages', () => {
  const route = renderRoute({ to: 'green', before: 'blue' });
  expect(route).toContain('server api-green:3000 ');
  expect(route).toContain('server web-green:8080 ');
  expect(route).toContain('server web-blue:8080 backup;');
  expect(route).not.toContain('api-blue');
  expect(renderRoute({ to: 'blue' })).not.toContain('green');
});

test('workers of nginx that only end what they have are counted', () => {
  const top = `UID   PID    CMD
101   2001   nginx: master process nginx -c /etc/nginx/commandcenter/nginx.conf
101   2050   nginx: worker process is shutting down
101   2051   nginx: worker process is shutting down
101   2099   nginx: worker process`;
  expect(countLeaving(top)).toBe(2);
  expect(countLeaving('UID PID CMD')).toBe(0);
});

test('only a server that is ready is believed which release it is', () => {
  expect(releaseIn({ status: 200, body: '{"status":"ok","release":"r1"}' })).toBe('r1');
  expect(releaseIn({ status: 503, body: '{"status":"draining","release":"r1"}' })).toBeUndefined();
  expect(releaseIn({ status: 200, body: '{"status":"ok"}' })).toBeUndefined();
  expect(releaseIn({ status: 200, body: '<html>' })).toBeUndefined();
});

test('the page names a file with a hash', () => {
  const page =
    '<link href="/favicon.svg"><script type="module" crossorigin src="/assets/index-B1.js"></script>';
  expect(assetIn(page)).toBe('/assets/index-B1.js');
  expect(assetIn('<html></html>')).toBeUndefined();
});

describe('a production folder', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'commandcenter-site-'));
    await mkdir(join(directory, 'edge'));
    await writeFile(join(directory, 'docker-compose.yml'), '');
    await writeFile(join(directory, 'docker-compose.release.yml'), '');
    await writeFile(
      join(directory, '.env'),
      'COMPOSE_PROJECT_NAME=radar\nPUBLIC_URL=https://x.example.com:8443\n',
    );
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('is read', async () => {
    expect(await readSite(directory)).toEqual({
      directory,
      project: 'radar',
      composeFiles: ['docker-compose.yml'],
      publicHost: 'x.example.com:8443',
      images: {},
      tls: false,
    });
  });

  test('has the production file if it is there, or exactly the files that .env lists', async () => {
    await writeFile(join(directory, 'docker-compose.prod.yml'), '');
    expect((await readSite(directory)).composeFiles).toEqual([
      'docker-compose.yml',
      'docker-compose.prod.yml',
    ]);
    await writeFile(
      join(directory, '.env'),
      'COMPOSE_PROJECT_NAME=radar\nCOMPOSE_FILE=docker-compose.yml:more.yml\nCOMMANDCENTER_IMAGE=a\n',
    );
    expect(await readSite(directory)).toMatchObject({
      composeFiles: ['docker-compose.yml', 'more.yml'],
      images: { image: 'a' },
    });
  });

  test('has an edge with TLS if nginx is told a certificate', async () => {
    await writeFile(join(directory, 'edge/nginx.conf'), '  # ssl_certificate x;\n');
    expect((await readSite(directory)).tls).toBe(false);
    await writeFile(join(directory, 'edge/nginx.conf'), '  ssl_certificate tls/fullchain.pem;\n');
    expect((await readSite(directory)).tls).toBe(true);
  });

  test.each(['.env', 'docker-compose.yml', 'docker-compose.release.yml'])(
    'is none without %s',
    async (name) => {
      await rm(join(directory, name));
      await expect(readSite(directory)).rejects.toMatchObject({
        code: 'no-installation',
        message: expect.stringContaining(name),
      });
    },
  );

  test('has to say what the installation is called', async () => {
    await writeFile(join(directory, '.env'), 'PUBLIC_URL=https://x\n');
    await expect(readSite(directory)).rejects.toMatchObject({ code: 'config-invalid' });
  });
});
