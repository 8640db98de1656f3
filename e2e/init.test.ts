import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { launcher } from '#testing/built-server.ts';

const root = join(import.meta.dirname, '..');
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const OPERATOR = 12_345;

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const canActAsNobody =
  isRoot && spawnSync('test', ['-r', launcher], { uid: NOBODY, gid: NOBODY }).status === 0;

interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'commandcenter-init-'));
  await chmod(base, 0o755);
});
afterAll(() => rm(base, { recursive: true, force: true }));

/** Runs `commandcenter init` in a process of its own, as the given user if it is one. */
function init(folder: string, options: string[], uid?: number): Promise<Outcome> {
  const as = uid === undefined ? {} : { uid, gid: uid };
  return new Promise((resolve) => {
    execFile(
      launcher,
      ['init', join(base, folder), ...options],
      { timeout: 120_000, ...as },
      (error, stdout, stderr) => resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** A place of its own that belongs to the given user. */
async function placeOf(uid: number, name: string): Promise<string> {
  const place = join(base, name);
  await mkdir(place);
  if (isRoot) await chown(place, uid, uid);
  return name;
}

async function secretsIn(folder: string): Promise<Map<string, string>> {
  const directory = join(base, folder, 'secrets');
  const names = await readdir(directory);
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const),
    ),
  );
}

describe('commandcenter init', () => {
  const options = ['--domain', 'radar.example.com', '--https-port', '8443', '--http-port', '8080'];

  test('makes the folder of the contract and prints no secret', async () => {
    const made = await init('radar', [...options, '--self-signed']);
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(made.stdout).toContain('https://radar.example.com:8443');
    expect(made.stdout).toContain('CHECKLIST.md');
    const again = await init('radar', ['--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ project: 'radar', made: [] });
    const secrets = await secretsIn('radar');
    expect([...secrets.keys()].sort()).toEqual([
      'backup_identity',
      'backup_repository_password',
      'database_password',
      'grafana_admin_password',
      'metrics_token',
      'monitoring_exporter_password',
      'monitoring_role_password',
      'postgres_application_password',
      'postgres_password',
      'redis_exporter.json',
      'redis_password',
      'redis_users.acl',
      'secret_key',
    ]);
    for (const value of secrets.values()) {
      expect(made.stdout + again.stdout + again.stderr).not.toContain(value);
    }
    expect((await readdir(join(base, 'radar'))).sort()).toEqual(
      expect.arrayContaining([
        '.env',
        '.gitignore',
        'CHECKLIST.md',
        'deployments',
        'docker-compose.yml',
        'edge',
      ]),
    );
  });

  test('gets every compose file that ships, but those of development and CI', async () => {
    const shipped = (await readdir(join(root, 'deploy/compose'))).filter(
      (name) => name.startsWith('docker-compose') && !/\.(ci|dev|override)\.yml$/.test(name),
    );
    expect(shipped).toEqual(expect.arrayContaining(['docker-compose.yml', 'docker-compose.prod.yml']));
    const present = (await readdir(join(base, 'radar'))).filter((name) => name.startsWith('docker-compose'));
    expect(present.sort()).toEqual(shipped.sort());
    for (const name of shipped) {
      const texts = [join(root, 'deploy/compose', name), join(base, 'radar', name)].map((path) =>
        readFile(path, 'utf8'),
      );
      expect(await texts[1]).toBe(await texts[0]);
    }
  });

  test('the trial certificate is for the name and belongs to its key', async () => {
    const [chain, key] = await Promise.all(
      ['fullchain.pem', 'privkey.pem'].map((name) => readFile(join(base, 'radar/edge/tls', name), 'utf8')),
    );
    const certificate = new X509Certificate(chain ?? '');
    expect(certificate.checkHost('radar.example.com')).toBe('radar.example.com');
    const { createPrivateKey } = await import('node:crypto');
    expect(certificate.checkPrivateKey(createPrivateKey(key ?? ''))).toBe(true);
  });

  test.skipIf(!has('nginx', '-v'))('nginx accepts the edge', async () => {
    const edge = join(base, 'edge-to-test');
    await cp(join(base, 'radar/edge'), edge, { recursive: true });
    // The names of the services are known to Docker alone.
    const upstreams = await readFile(join(edge, 'upstreams.conf'), 'utf8');
    await writeFile(join(edge, 'upstreams.conf'), upstreams.replace(/\b(api|web):(\d+)/g, '127.0.0.1:$2'));
    // Its log is /dev/stdout, which nginx can't open where that is a socket.
    const script = 'nginx -t -c "$0/nginx.conf" -p "$0" 2>&1 | cat';
    const outcome = spawnSync('sh', ['-c', script, edge], { encoding: 'utf8' });
    expect(outcome.stdout).toContain('test is successful');
  });

  test('every secret and folder that the compose files name is there', async () => {
    for (const name of ['docker-compose.yml', 'docker-compose.prod.yml']) {
      const { secrets = {}, services } = parse(await readFile(join(base, 'radar', name), 'utf8'), {
        merge: true,
      });
      const files = Object.values<{ file: string }>(secrets).map(({ file }) =>
        file.replace(/^\$\{SECRETS_DIR:-(.*?)\}/, '$1'),
      );
      const mounts = Object.values<{ volumes?: string[] }>(services)
        .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
        .filter((source) => source.startsWith('.'));
      if (name === 'docker-compose.yml') expect(files.length).toBeGreaterThan(5);
      for (const path of [...files, ...mounts]) await stat(join(base, 'radar', path));
    }
  });

  test.skipIf(!has('docker', 'compose', 'version'))('Compose accepts the folder', () => {
    const folder = join(base, 'radar');
    const config = spawnSync('docker', ['compose', 'config', '--format', 'json'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: base },
    });
    expect(config.stderr).toBe('');
    const { name, services } = JSON.parse(config.stdout);
    expect(name).toBe('radar');
    expect(Object.keys(services)).toEqual(
      expect.arrayContaining(['api', 'edge', 'migrate', 'postgres', 'redis', 'web', 'worker']),
    );
    expect(JSON.stringify(services.edge.ports)).toContain('8443');
  });

  test.runIf(isRoot)(
    'run by root it belongs to who owns the place, and each secret to who reads it',
    async () => {
      const place = await placeOf(OPERATOR, 'operators');
      expect(await init(`${place}/radar`, options)).toMatchObject({ status: 0 });
      const folder = join(base, place, 'radar');
      for (const path of [
        '',
        '.env',
        'docker-compose.yml',
        'edge',
        'edge/nginx.conf',
        'secrets',
        'deployments',
      ]) {
        expect({ path, uid: (await stat(join(folder, path))).uid }).toEqual({ path, uid: OPERATOR });
      }
      const owners = await Promise.all(
        ['secret_key', 'database_password', 'postgres_password', 'redis_users.acl'].map(async (name) => {
          const { uid, mode } = await stat(join(folder, 'secrets', name));
          return [name, uid, (mode & 0o777).toString(8)];
        }),
      );
      expect(owners).toEqual([
        ['secret_key', 10_001, '600'],
        ['database_password', 10_001, '600'],
        ['postgres_password', 999, '600'],
        ['redis_users.acl', 999, '600'],
      ]);
    },
  );

  test.skipIf(!canActAsNobody)(
    'run by somebody else its secrets lie open inside a closed folder, and it says so',
    async () => {
      const place = await placeOf(NOBODY, 'somebody');
      const made = await init(`${place}/radar`, options, NOBODY);
      expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining('Only root can give files') });
      const folder = join(base, place, 'radar');
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
      for (const name of await readdir(join(folder, 'secrets'))) {
        expect((await stat(join(folder, 'secrets', name))).mode & 0o777).toBe(0o444);
      }
      // Whoever is somebody else still can't read them.
      const other = { uid: OPERATOR, gid: OPERATOR };
      expect(spawnSync('cat', [join(folder, 'secrets/secret_key')], other).status).not.toBe(0);
    },
  );

  test.skipIf(!canActAsNobody)(
    'a place where one may not write is told in a sentence, and stays as it was',
    async () => {
      await mkdir(join(base, 'closed'), { mode: 0o755 });
      const refused = await init('closed/radar', options, NOBODY);
      expect(refused).toMatchObject({ status: 3, stdout: '' });
      expect(refused.stderr).toMatch(/^commandcenter: \S+ can’t be made: you may not write or read there/);
      expect(await readdir(join(base, 'closed'))).toEqual([]);
    },
  );

  test('wrong options are told in a sentence, and nothing is made', async () => {
    for (const wrong of [['--domain', 'https://x'], [], ['--domain', 'a.example.com', '--image', 'A B']]) {
      const refused = await init('wrong', wrong);
      expect(refused).toMatchObject({ status: 3, stdout: '' });
      expect(refused.stderr.split('\n')).toHaveLength(2);
    }
    expect(await init('wrong', ['--http-port', 'eighty'])).toMatchObject({ status: 2 });
    expect(await readdir(base)).not.toContain('wrong');
  });

  test('a trial certificate without openssl is told, and nothing is made', async () => {
    const bare = join(base, 'bare-path');
    await mkdir(bare);
    const refused = await new Promise<Outcome>((resolve) => {
      execFile(
        process.execPath,
        [join(root, 'dist/server/cli.js'), 'init', join(base, 'untrusted'), ...options, '--self-signed'],
        { env: { PATH: bare } },
        (error, stdout, stderr) => resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
    expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('openssl') });
    expect(await readdir(base)).not.toContain('untrusted');
  });

  test('killed at any moment it leaves the whole folder or none', async () => {
    for (let delay = 150; delay <= 1500; delay += 150) {
      const name = `killed-${delay}`;
      const folder = join(base, name);
      // The program itself: bin/commandcenter becomes it.
      const process = spawn(launcher, ['init', folder, ...options], { stdio: 'ignore' });
      const ended = once(process, 'exit');
      await sleep(delay);
      process.kill('SIGKILL');
      await ended;
      if (!(await readdir(base)).includes(name)) {
        await rm(join(base, `.${name}.init`), { recursive: true, force: true });
        continue;
      }
      expect(JSON.parse((await init(name, ['--json'])).stdout)).toMatchObject({ made: [] });
    }
  });

  test('git keeps secrets, key and .env out of a repository that the folder becomes', () => {
    const folder = join(base, 'radar');
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', folder, '-c', `safe.directory=${folder}`, ...args], { encoding: 'utf8' });
    git('init', '--quiet');
    git('add', '--all');
    const kept = git('ls-files').trim().split('\n');
    expect(kept).toContain('docker-compose.yml');
    expect(kept.filter((path) => /^(\.env|secrets|edge\/tls|deployments)/.test(path))).toEqual([]);
  });
});
