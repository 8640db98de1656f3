import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const program = '/usr/bin/docker-registry';
const works = (...words: string[]): boolean => spawnSync('docker', words).status === 0;
const possible = existsSync(program) && works('ps') && works('buildx', 'version');
const INDEX =
  'application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json';

describe.skipIf(!possible)('names in a registry (skipped without docker-registry, Docker or buildx)', () => {
  let folder: string;
  let server: ChildProcess;
  let port: number;
  let name: string;
  const images: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'commandcenter-registry-'));
    port = await freePort();
    name = `127.0.0.1:${port}/team/commandcenter`;
    const config = {
      version: 0.1,
      storage: { filesystem: { rootdirectory: join(folder, 'data') } },
      http: { addr: `127.0.0.1:${port}` },
    };
    writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
    server = spawn(program, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
    for (const end = Date.now() + 60_000; ; await sleep(100)) {
      const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
      if (answer?.ok) break;
      if (Date.now() > end) throw new Error('The registry did not start.');
    }
  });
  afterAll(() => {
    for (const image of images) spawnSync('docker', ['rmi', '--force', image]);
    server.kill();
    rmSync(folder, { recursive: true });
  });

  /** Pushes a small image and returns its digest. */
  const push = (suffix: string, architecture: string): string => {
    const file = join(folder, `${architecture}${suffix}`);
    writeFileSync(file, `${architecture}${suffix}`);
    const archive = execFileSync('tar', ['-C', folder, '-c', `${architecture}${suffix}`]);
    const image = `${name}${suffix}:${architecture}`;
    execFileSync('docker', ['import', '-', image], { input: archive });
    images.push(image);
    const said = execFileSync('docker', ['push', image], { encoding: 'utf8' });
    return /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1] ?? '';
  };
  const manifest = async (suffix: string, reference: string) => {
    const answer = await fetch(
      `http://127.0.0.1:${port}/v2/team/commandcenter${suffix}/manifests/${reference}`,
      {
        headers: { accept: INDEX },
      },
    );
    const text = await answer.text();
    return {
      digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
      holds: (JSON.parse(text) as { manifests: { digest: string }[] }).manifests.map(({ digest }) => digest),
    };
  };

  test('both architectures get one digest and its names, and the digest is told to the next step', async () => {
    const pushed = ['', '-web'].map((suffix) => ['amd64', 'arm64'].map((arch) => push(suffix, arch)));
    const [server = [], web = []] = pushed;
    const output = join(folder, 'output');
    const result = spawnSync(
      process.execPath,
      [
        ...['scripts/delivery/images.ts', 'join', '--name', name, '--tag', 'sha-abc', '--tag', 'main'],
        ...server.map((digest, index) => `server-${index}=${digest}`),
        ...web.map((digest, index) => `web-${index}=${digest}`),
      ],
      { cwd: root, encoding: 'utf8', env: { ...process.env, GITHUB_OUTPUT: output } },
    );
    expect(result.status, result.stderr).toBe(0);
    const told = Object.fromEntries(
      readFileSync(output, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    ) as Record<string, string>;
    for (const [part, suffix, digests] of [
      ['server', '', server],
      ['web', '-web', web],
    ] as const) {
      for (const reference of ['sha-abc', 'main', told[part] ?? '']) {
        expect(await manifest(suffix, reference)).toEqual({ digest: told[part], holds: digests });
      }
    }
    expect(told['server']).not.toBe(told['web']);
    const words = ['scripts/delivery/images.ts', 'digest', '--name', name, '--tag', 'main'];
    expect(execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' }).trim()).toBe(
      told['server'],
    );
  });

  test('what was never pushed is given no name', async () => {
    const digests = ['server', 'web'].map((part) => `${part}-amd64=sha256:${'0'.repeat(64)}`);
    const words = ['scripts/delivery/images.ts', 'join', '--name', name, '--tag', 'nothing', ...digests];
    expect(spawnSync(process.execPath, words, { cwd: root }).status).not.toBe(0);
    expect((await fetch(`http://127.0.0.1:${port}/v2/team/commandcenter/manifests/nothing`)).status).toBe(
      404,
    );
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
