import { chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImage, images, type Outcome, run, whyNoDocker } from './engine.ts';

const OPERATOR = 12_345;
let place: string;

describe.skipIf(whyNoDocker() !== undefined)('init from the image, on a host without Node', () => {
  beforeAll(async () => {
    await buildImage('server');
    place = await mkdtemp(join(tmpdir(), 'commandcenter-init-image-'));
    if (process.getuid?.() === 0) await chown(place, OPERATOR, OPERATOR);
  }, 1_200_000);
  afterAll(() => rm(place, { recursive: true, force: true }));

  /** `docker run` as docs/install.md shows it. */
  function init(user: string, ...args: string[]): Promise<Outcome> {
    const container = ['run', '--rm', '--user', user, '--network', 'none', '-v', `${place}:/deployment`];
    return run('docker', [...container, images.server, 'init', ...args]);
  }

  test('makes a folder that belongs to who owns the place, with secrets that their readers own', async () => {
    const made = await init('0', '/deployment/radar', '--domain', 'radar.example.com');
    expect(made).toMatchObject({ status: 0, stderr: '' });
    const owner = (await stat(place)).uid;
    const folder = join(place, 'radar');
    for (const path of [
      '.',
      '.env',
      'docker-compose.yml',
      'docker-compose.prod.yml',
      'edge/nginx.conf',
      'secrets',
    ]) {
      expect({ path, uid: (await stat(join(folder, path))).uid }).toEqual({ path, uid: owner });
    }
    const readers = {
      database_password: 10_001,
      secret_key: 10_001,
      postgres_password: 999,
      'redis_users.acl': 999,
    };
    for (const [name, uid] of Object.entries(readers)) {
      const { uid: found, mode } = await stat(join(folder, 'secrets', name));
      expect({ name, uid: found, mode: mode & 0o777 }).toEqual({ name, uid, mode: 0o600 });
    }
  });

  test('says that it lacks openssl, and may not write as its own user; neither leaves anything', async () => {
    const trial = await init('0', '/deployment/trial', '--domain', 'radar.example.com', '--self-signed');
    expect(trial).toMatchObject({ status: 3, stderr: expect.stringContaining('openssl') });
    const refused = await init('10001', '/deployment/refused', '--domain', 'radar.example.com');
    expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('you may not write') });
    expect(await readdir(place)).toEqual(['radar']);
  });
});
