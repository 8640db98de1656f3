import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseEnvironment } from './env-file.ts';
import type { FolderOptions } from './folder-options.ts';
import { createProductionFolder, type ProductionFolder } from './production-folder.ts';
import { secretFiles } from './secret-files.ts';

const isRoot = process.getuid?.() === 0;
const images = { image: 'commandcenter:1', webImage: 'commandcenter-web:1' };
const domain = 'radar.example.com';
let base: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'commandcenter-folder-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function create(name: string, options: Partial<FolderOptions> = {}): Promise<ProductionFolder> {
  return createProductionFolder({ directory: join(base, name), ...options }, images);
}

/** Every file below a folder with its content, mode and time: equal if nothing was touched. */
async function snapshot(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode, mtimeMs, ino } = await stat(path);
    found[path] = `${mode} ${entry.isFile() ? `${mtimeMs} ${ino} ${await readFile(path, 'utf8')}` : ''}`;
  }
  return found;
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
const secretOf = (folder: string, name: string): Promise<string> =>
  readFile(join(base, folder, 'secrets', name), 'utf8');

const FORMS: Record<string, RegExp> = {
  secret_key: /^[0-9a-f]{64}$/,
  backup_identity: /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/,
};

describe('a new folder', () => {
  beforeAll(async () => {
    await create('new', { domain, httpPort: 8080, httpsPort: 8443, selfSigned: true });
  });

  test('is closed to others, its secrets are readable by their reader alone', async () => {
    expect(await modeOf(join(base, 'new'))).toBe(0o700);
    expect(await modeOf(join(base, 'new/secrets'))).toBe(0o700);
    expect(await modeOf(join(base, 'new/.env'))).toBe(0o600);
    for (const { name, readBy } of secretFiles) {
      const { uid, mode } = await stat(join(base, 'new/secrets', name));
      expect({ name, uid, mode: mode & 0o777 }).toEqual(
        isRoot ? { name, uid: readBy, mode: 0o600 } : { name, uid: process.getuid?.(), mode: 0o444 },
      );
    }
  });

  test('holds secrets of at least 128 bits, none equal to another but the two sides of one password', async () => {
    const other = await create('other', { domain });
    expect(other.made).toContain('secrets/secret_key');
    const seen = new Map<string, string>();
    for (const folder of ['new', 'other']) {
      for (const { name } of secretFiles) {
        const value = await secretOf(folder, name);
        if (name === 'redis_users.acl') continue;
        if (name === 'redis_exporter.json') {
          expect(value).toMatch(/^\{"redis:\/\/redis:6379":"[A-Za-z0-9_-]{43}"\}$/);
          continue;
        }
        expect(value).toMatch(FORMS[name] ?? /^[A-Za-z0-9_-]{43}$/);
        if (!['postgres_application_password', 'monitoring_exporter_password'].includes(name))
          expect(seen.get(value)).toBeUndefined();
        seen.set(value, `${folder}/${name}`);
      }
    }
    expect(await secretOf('new', 'postgres_application_password')).toBe(
      await secretOf('new', 'database_password'),
    );
  });

  test('gives Redis the hash of the password and not the password', async () => {
    const password = await secretOf('new', 'redis_password');
    const users = await secretOf('new', 'redis_users.acl');
    expect(users).toContain(`#${createHash('sha256').update(password).digest('hex')}`);
    expect(users).not.toContain(password);
  });

  test('says in .env where it is reached and what runs, and no secret', async () => {
    const text = await readFile(join(base, 'new/.env'), 'utf8');
    expect(parseEnvironment(text)).toMatchObject({
      COMPOSE_PROJECT_NAME: 'new',
      COMMANDCENTER_IMAGE: 'commandcenter:1',
      COMMANDCENTER_WEB_IMAGE: 'commandcenter-web:1',
      PUBLIC_URL: 'https://radar.example.com:8443',
      HTTP_PORT: '8080',
      HTTPS_PORT: '8443',
    });
    for (const { name } of secretFiles) expect(text).not.toContain(await secretOf('new', name));
  });

  test('has an edge for its name and port, and a key that the edge alone can read', async () => {
    const edge = await readFile(join(base, 'new/edge/nginx.conf'), 'utf8');
    expect(edge).toContain(domain);
    expect(edge).toContain(':8443');
    const { uid, mode } = await stat(join(base, 'new/edge/tls/privkey.pem'));
    if (isRoot) expect({ uid, mode: mode & 0o777 }).toEqual({ uid: 101, mode: 0o600 });
  });

  test('leaves nothing beside it', async () => {
    expect((await readdir(base)).filter((name) => name.includes('.init'))).toEqual([]);
  });
});

describe('a second run', () => {
  test('changes nothing, and says what it left', async () => {
    const first = await create('twice', { domain, selfSigned: true });
    const before = await snapshot(first.directory);
    const second = await create('twice', { selfSigned: true });
    expect(second.made).toEqual([]);
    expect(second.left).toEqual(expect.arrayContaining(['.env', 'secrets/secret_key', 'edge/nginx.conf']));
    expect(second.publicUrl).toBe(first.publicUrl);
    expect(await snapshot(first.directory)).toEqual(before);
  });

  test('adds what is missing, and what depends on something that is there fits it', async () => {
    const { directory } = await create('gaps', { domain, project: 'chosen' });
    const password = await secretOf('gaps', 'database_password');
    const acl = await secretOf('gaps', 'redis_users.acl');
    await rm(join(directory, 'secrets/postgres_application_password'));
    await rm(join(directory, 'secrets/redis_users.acl'));
    await rm(join(directory, 'edge'), { recursive: true });
    const again = await create('gaps');
    expect(again.made.sort()).toEqual([
      'edge/nginx.conf',
      'edge/upstreams.conf',
      'secrets/postgres_application_password',
      'secrets/redis_users.acl',
    ]);
    expect(again.project).toBe('chosen');
    expect(await secretOf('gaps', 'postgres_application_password')).toBe(password);
    expect(await secretOf('gaps', 'redis_users.acl')).toBe(acl);
    expect(await readFile(join(directory, 'edge/nginx.conf'), 'utf8')).toContain(domain);
  });

  test('refuses to contradict what is there, and names it', async () => {
    const { directory } = await create('fixed', { domain });
    const before = await snapshot(directory);
    for (const options of [{ domain: 'other.example.com' }, { httpsPort: 9443 }, { image: 'other:2' }]) {
      await expect(create('fixed', options)).rejects.toMatchObject({ code: 'folder-differs' });
    }
    expect(await snapshot(directory)).toEqual(before);
  });

  test('makes no second key beside a certificate that is there', async () => {
    const { directory } = await create('own', { domain });
    await writeFile(join(directory, 'edge/tls/fullchain.pem'), 'mine');
    const again = await create('own', { selfSigned: true });
    expect(again.made).toEqual([]);
    expect(again.notes.join()).toContain('edge/tls/privkey.pem');
    expect(await readdir(join(directory, 'edge/tls'))).toEqual(['fullchain.pem']);
  });

  test('says which file is not the one of this version, and makes it anew once it is moved away', async () => {
    const { directory } = await create('edited', { domain });
    const shipped = await readFile(join(directory, 'docker-compose.yml'), 'utf8');
    await writeFile(join(directory, 'docker-compose.yml'), `# my own\n${shipped}`);
    await writeFile(join(directory, 'edge/nginx.conf'), 'events {}\n');
    const { notes } = await create('edited');
    expect(notes.filter((note) => note.includes('is not the one of this version'))).toEqual([
      expect.stringContaining('docker-compose.yml'),
      expect.stringContaining('edge/nginx.conf'),
    ]);
    await rm(join(directory, 'docker-compose.yml'));
    expect((await create('edited')).made).toEqual(['docker-compose.yml']);
    expect(await readFile(join(directory, 'docker-compose.yml'), 'utf8')).toBe(shipped);
  });
});

describe('what can’t be done is said, and leaves nothing', () => {
  test.each([
    'https://radar.example.com',
    'radar example.com',
    'radar.example.com:8443',
    'radar.example.com/x',
    '*.example.com',
    '10.0.0.1',
    '-a.example.com',
    `${'a'.repeat(64)}.example.com`,
    'a;b.example.com',
    '',
  ])('the domain "%s"', async (wrong) => {
    await expect(create('bad', { domain: wrong })).rejects.toMatchObject({
      code: 'option-invalid',
      remedy: expect.stringContaining('--domain'),
    });
    expect(await readdir(base)).not.toContain('bad');
  });

  test('a name in any script is taken as its ASCII form', async () => {
    expect((await create('script', { domain: 'Rädar.Example.com' })).publicUrl).toBe(
      'https://xn--rdar-loa.example.com',
    );
  });

  test.each([
    [{}, 'domain'],
    [{ domain, project: 'Has Blanks' }, 'project'],
    [{ domain, image: 'a image' }, 'image'],
    [{ domain, image: 'a:1\nEVIL=1' }, 'image'],
    [{ domain, httpPort: 0 }, 'port'],
    [{ domain, httpPort: 70_000 }, 'port'],
    [{ domain, httpPort: 443 }, 'share port 443'],
  ] as const)('%j', async (options, words) => {
    await expect(create('bad', options)).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining(words),
    });
    expect(await readdir(base)).not.toContain('bad');
  });

  test('a folder that holds something else, or its own .env', async () => {
    for (const name of ['notes.txt', '.env', 'docker-compose.yml']) {
      const directory = join(base, `foreign-${name}`);
      await mkdir(directory);
      await writeFile(join(directory, name), 'PASSWORD=x\n');
      await expect(create(`foreign-${name}`, { domain })).rejects.toMatchObject({ code: 'folder-foreign' });
      expect(await readdir(directory)).toEqual([name]);
    }
  });

  test('a file of that name, and a folder above that is not there', async () => {
    await writeFile(join(base, 'file'), '');
    await expect(create('file', { domain })).rejects.toMatchObject({ code: 'folder-foreign' });
    await expect(create('none/radar', { domain })).rejects.toMatchObject({
      code: 'folder-unwritable',
      message: expect.stringContaining('the folder above it is not there'),
    });
  });

  test.skipIf(isRoot)('a place where one may not write', async () => {
    await mkdir(join(base, 'closed'));
    await chmod(join(base, 'closed'), 0o500);
    await expect(create('closed/radar', { domain })).rejects.toMatchObject({ code: 'folder-unwritable' });
  });
});

describe('two at once', () => {
  test('one makes the folder, the other says why it does not', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => create('raced', { domain })));
    const makers = outcomes.filter((one) => one.status === 'fulfilled' && one.value.made.length > 0);
    expect(makers).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(['init-under-way', 'folder-unwritable']).toContain(outcome.reason.code);
      }
    }
    expect((await create('raced')).made).toEqual([]);
  });

  test('what was broken off is told, and nothing of it is taken', async () => {
    await mkdir(join(base, '.broken.init/secrets'), { recursive: true });
    await expect(create('broken', { domain })).rejects.toMatchObject({
      code: 'init-under-way',
      remedy: expect.stringContaining('remove it'),
    });
    expect(await readdir(base)).not.toContain('broken');
    await rm(join(base, '.broken.init'), { recursive: true });
    expect((await create('broken', { domain })).made).toContain('.env');
  });
});

test('an empty folder that is there is filled', async () => {
  await mkdir(join(base, 'empty'), { mode: 0o755 });
  const { made } = await create('empty', { domain });
  expect(made).toContain('.env');
  expect(await modeOf(join(base, 'empty'))).toBe(0o700);
  expect((await readdir(join(base, 'empty'))).filter((name) => name.startsWith('.init'))).toEqual([]);
});
