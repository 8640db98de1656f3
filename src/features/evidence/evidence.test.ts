import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { listHistory } from './index.ts';

let app: TestApp;
let repository: TestRepository;
let repositoryId: string;

interface Wishes {
  pg?: string;
  more?: Record<string, string>;
}

/** A shop with a database driver, the database's image, a workspace and a lockfile. */
function shop({ pg = '^8.11.0', more = {} }: Wishes = {}): Record<string, string> {
  const root = { name: 'shop', workspaces: ['packages/*'], dependencies: { pg, ...more } };
  const web = {
    name: 'web',
    dependencies: { react: '^18.2.0' },
    devDependencies: { '@types/react': '^18.2.0' },
  };
  const lock = {
    name: 'shop',
    lockfileVersion: 3,
    packages: {
      '': root,
      'node_modules/pg': { version: pg.replace('^', '') },
      'node_modules/pg-types': { version: '2.2.0' },
      'node_modules/react': { version: '18.3.1' },
      'node_modules/@types/react': { version: '18.3.3', dev: true },
      'node_modules/web': { resolved: 'packages/web', link: true },
    },
  };
  const lines = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'package.json': lines(root),
    'package-lock.json': lines(lock),
    'packages/web/package.json': lines(web),
    'compose.yaml': 'services:\n  database:\n    image: postgres:16.2\n',
  };
}

async function sync(): Promise<void> {
  expect((await app.request('POST', `/repositories/${repositoryId}/sync`)).status).toBe(202);
  await app.runJobs();
}

async function commitAndSync(files: Record<string, string | Buffer | null>): Promise<string> {
  const commit = await repository.commit(files);
  await sync();
  return commit;
}

const detectionsOf = async (query: string) =>
  (await app.request('GET', `/detections?limit=200&${query}`)).body.items as {
    id: string;
    packageName: string;
    component: string;
    scope: string;
    technology: string;
    technologyName: string;
    versionDeclared: string | null;
    versionLocked: string | null;
    verdict: string | null;
    confidence: number;
    firstSeenAt: string;
    evidence: { path: string; line: number; excerpt: string; commit: string }[];
  }[];
const lastScan = async () =>
  (await app.request('GET', `/scans?repository=${repositoryId}&limit=1`)).body.items[0];

beforeAll(async () => {
  app = await startTestApp();
  repository = await createTestRepository({ name: 'shop' });
  await repository.commit(shop());
  const tracked = await app.request('POST', '/repositories', { location: repository.directory });
  repositoryId = tracked.body.repository.id;
  await app.runJobs();
}, 120_000);

afterAll(async () => {
  await app.close();
  await repository.remove();
});

describe('a scan', () => {
  test('shows the driver and the image as one technology, each with its line and version', async () => {
    const found = await detectionsOf('technology=postgresql');
    const driver = found.find((detection) => detection.packageName === 'pg');
    expect(driver).toMatchObject({ versionDeclared: '^8.11.0', versionLocked: '8.11.0', scope: 'runtime' });
    expect(driver?.evidence[0]).toMatchObject({ path: 'package.json', line: 7, excerpt: '"pg": "^8.11.0"' });
    const image = found.find((detection) => detection.packageName === 'postgres');
    expect(image).toMatchObject({ versionDeclared: '16.2' });
    expect(image?.evidence[0]).toMatchObject({ path: 'compose.yaml', line: 3 });
  });

  test('gives a package of a workspace to its component, locked by the lockfile at the root', async () => {
    const [react] = await detectionsOf('technology=react');
    expect(react).toMatchObject({ component: 'packages/web', versionLocked: '18.3.1', scope: 'runtime' });
  });

  test('does not take the types of a library for the library', async () => {
    const names = (await detectionsOf('technology=react')).map((detection) => detection.packageName);
    expect(names).toEqual(['react']);
  });

  test('lists what only others ask for apart, and counts it', async () => {
    const { body } = await app.request('GET', `/repositories/${repositoryId}/transitive-dependencies`);
    expect(body.items).toMatchObject([{ name: 'pg-types', version: '2.2.0', path: 'package-lock.json' }]);
    expect((await lastScan()).counts.transitive).toEqual({ npm: 1 });
    expect(await detectionsOf('technology=npm-pg-types')).toEqual([]);
  });

  test('of another commit keeps what is still there as it was', async () => {
    const before = await detectionsOf('');
    await commitAndSync({ 'README.md': 'A shop.\n' });
    const after = await detectionsOf('');
    const plain = (list: typeof before) => list.map(({ id, firstSeenAt }) => ({ id, firstSeenAt }));
    expect(plain(after)).toEqual(plain(before));
  });
});

describe('bad input', () => {
  test('is reported by file and does not keep the rest from being read', async () => {
    await symlink('/etc/passwd', join(repository.directory, 'Dockerfile'));
    await commitAndSync({
      'broken/package.json': '{ "dependencies": { "left-pad": ',
      'broken/Cargo.toml': '[dependencies\nserde = 1',
      'huge/package.json': Buffer.alloc(50 * 1024 * 1024, ' '),
      'binary/package.json': Buffer.from([0, 1, 2, 0xff, 0xfe, 0xfd]),
      'windows/package.json': '\uFEFF{\r\n  "dependencies": {\r\n    "left-pad": "1.3.0"\r\n  }\r\n}\r\n',
      'bomb/compose.yaml': yamlBomb(),
    });
    const { problems } = await lastScan();
    const codes = Object.fromEntries(
      problems.map((problem: { path: string; code: string }) => [problem.path, problem.code]),
    );
    expect(codes).toMatchObject({
      'broken/package.json': 'manifest-unreadable',
      'broken/Cargo.toml': 'manifest-unreadable',
      'huge/package.json': 'manifest-too-large',
      'binary/package.json': 'manifest-unreadable',
    });
    expect(codes).not.toHaveProperty('Dockerfile');
    const [pad] = await detectionsOf('technology=npm-left-pad');
    expect(pad?.evidence[0]).toMatchObject({ path: 'windows/package.json', line: 3 });
    expect(await detectionsOf('technology=postgresql')).toHaveLength(2);
  }, 60_000);

  test('leaves once it is gone', async () => {
    await commitAndSync({
      broken: null,
      huge: null,
      binary: null,
      windows: null,
      bomb: null,
      Dockerfile: null,
    });
    expect((await lastScan()).problems).toEqual([]);
    expect(await detectionsOf('technology=npm-left-pad')).toEqual([]);
  });
});

describe('what a person says', () => {
  test('about a detection survives a scan that finds it in another version', async () => {
    const [react] = await detectionsOf('technology=react');
    const path = `/detections/${react?.id}`;
    const judged = await app.request('PATCH', path, { verdict: 'wrong', reason: 'an experiment' });
    expect(judged).toMatchObject({ status: 200, body: { verdict: 'wrong' } });
    const manifest = shop()['packages/web/package.json'] ?? '';
    await commitAndSync({
      'packages/web/package.json': manifest.replace('"react": "^18.2.0"', '"react": "^18.3.0"'),
    });
    expect(await detectionsOf('technology=react')).toEqual([]);
    const [hidden] = await detectionsOf('technology=react&includeWrong=true');
    expect(hidden).toMatchObject({ verdict: 'wrong', versionDeclared: '^18.3.0' });
    await app.request('PATCH', path, { verdict: 'right' });
    expect(await detectionsOf('technology=react')).toHaveLength(1);
  });

  test('about a path holds until it is taken back', async () => {
    const ignored = await app.request('POST', '/ignored-paths', { pattern: 'packages/', repositoryId });
    expect(ignored.status).toBe(201);
    await app.runJobs();
    expect(await detectionsOf('technology=react')).toEqual([]);
    expect((await lastScan()).counts.ignored).toBe(1);
    expect((await app.request('DELETE', `/ignored-paths/${ignored.body.id}`)).status).toBe(204);
    await app.runJobs();
    expect(await detectionsOf('technology=react')).toHaveLength(1);
  });

  test('about a package holds at once and after a scan, until it is taken back', async () => {
    const pin = { ecosystem: 'npm', packageName: 'pg', technology: 'our-store', technologyName: 'Our store' };
    const pinned = await app.request('POST', '/technology-pins', pin);
    expect(pinned.status).toBe(201);
    const packages = async () => (await detectionsOf('technology=our-store')).map((each) => each.packageName);
    expect(await packages()).toEqual(['pg']);
    await app.runJobs();
    expect((await app.request('GET', '/technologies/our-store')).status).toBe(200);
    await commitAndSync({ 'README.md': 'Our shop.\n' });
    expect(await packages()).toEqual(['pg']);
    expect((await app.request('DELETE', `/technology-pins/${pinned.body.id}`)).status).toBe(204);
    expect(await packages()).toEqual([]);
    await app.runJobs();
    expect(await packages()).toEqual([]);
  });

  test('is refused with a remedy if it makes no sense', async () => {
    const missing = await app.request('PATCH', '/detections/0190a000-0000-7000-8000-000000000000', {
      verdict: 'wrong',
    });
    expect(missing.status).toBe(404);
    const unknown = { ecosystem: 'npm', packageName: 'pg', technology: 'nowhere-to-be-found' };
    const refused = await app.request('POST', '/technology-pins', unknown);
    expect(refused).toMatchObject({ status: 422, body: { code: 'technology-unknown' } });
    expect(refused.body.remedy).toContain('technologyName');
  });
});

describe('the history of the manifests', () => {
  const history = async (technology: string) =>
    (await listHistory(app.context, { technology, repositoryId })).map((entry) => ({
      change: entry.change,
      from: entry.versionBefore,
      to: entry.versionAfter,
      commit: entry.commit,
    }));

  test('tells when a technology entered, changed and left, and goes on where it ended', async () => {
    const entered = await commitAndSync(shop({ more: { fastify: '^4.0.0' } }));
    const raised = await commitAndSync(shop({ more: { fastify: '^5.0.0' } }));
    await sync();
    const left = await commitAndSync(shop());
    expect(await history('fastify')).toEqual([
      { change: 'left', from: '^5.0.0', to: null, commit: left },
      { change: 'version', from: '^4.0.0', to: '^5.0.0', commit: raised },
      { change: 'entered', from: null, to: '^4.0.0', commit: entered },
    ]);
  });

  test('counts a merge as one step, with what it brought', async () => {
    await repository.git('checkout', '--quiet', '-b', 'feature');
    await repository.commit(shop({ more: { express: '^4.0.0' } }));
    await repository.commit(shop({ more: { express: '^5.0.0' } }));
    await repository.git('checkout', '--quiet', 'main');
    await repository.git('merge', '--quiet', '--no-ff', '-m', 'merge feature', 'feature');
    const merge = await repository.git('rev-parse', 'HEAD');
    await sync();
    expect(await history('express')).toEqual([
      { change: 'entered', from: null, to: '^5.0.0', commit: merge },
    ]);
  });

  test('is walked again when it was rewritten', async () => {
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    const commit = await commitAndSync(shop({ pg: '^8.12.0' }));
    expect(await history('express')).toEqual([]);
    expect((await history('postgresql'))[0]).toEqual({
      change: 'version',
      from: '^8.11.0',
      to: '^8.12.0',
      commit,
    });
    expect((await history('fastify')).map(({ change }) => change)).toEqual(['left', 'version', 'entered']);
  });
});

/** Aliases that would come to a billion values if they were written out. */
function yamlBomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const items = Array.from({ length: 10 }, () => (level === 0 ? 'lol' : `*a${level - 1}`)).join(', ');
    return `a${level}: &a${level} [${items}]`;
  });
  return `${levels.join('\n')}\nservices:\n  x: *a8\n`;
}
