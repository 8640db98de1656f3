import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '#testing/certificates.ts';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';
import { type GitServer, startGitServer } from '#testing/git-server.ts';
import { freePort } from '#testing/postgres-server.ts';
import { buildImage, images, run, until, whyNoDocker } from './engine.ts';

const SSHD = '/usr/sbin/sshd';
const reason = whyNoDocker();
const LONG_MS = 600_000;
const USER = '10001:10001';

// Skipped where there is no Docker engine; CI has one.
describe.skipIf(reason !== undefined)('git in the image of the server', () => {
  let repository: TestRepository;
  let server: GitServer;
  let folder: string;
  beforeAll(async () => {
    await buildImage('server');
    folder = await mkdtemp(join(tmpdir(), 'commandcenter-git-image-'));
    await chmod(folder, 0o755);
    repository = await createTestRepository();
    await repository.commit({ 'README.md': 'hello' });
    server = await startGitServer({ root: repository.directory });
  }, LONG_MS);
  afterAll(async () => {
    await server?.close();
    await repository?.remove();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Clones with the image's own git, as its own user, and shows the newest commit's subject. */
  const clone = (url: string, mounts: string[] = [], env: Record<string, string> = {}) =>
    run('docker', [
      ...['run', '--rm', '--network', 'host', '--read-only', '--cap-drop', 'ALL', '--tmpfs', '/tmp'],
      ...mounts.flatMap((mount) => ['--volume', `${mount}:ro`]),
      ...Object.entries({ GIT_TERMINAL_PROMPT: '0', ...env }).flatMap(([name, value]) => [
        '--env',
        `${name}=${value}`,
      ]),
      ...[
        '--entrypoint',
        'git',
        images.server,
        '-c',
        'safe.directory=*',
        'clone',
        '--bare',
        url,
        '/tmp/clone',
      ],
    ]);

  test('clones over HTTP', async () => {
    const { status, stderr } = await clone(`${server.url}/.git`);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  test('clones over HTTPS from whom it is told to trust, and from nobody else', async () => {
    const tls = join(folder, 'tls');
    await mkdir(tls);
    for (const name of ['fullchain.pem', 'privkey.pem']) await writeFile(join(tls, name), '');
    await (await createAuthority(join(folder, 'authority'))).issue({ host: 'localhost', folder: tls });
    const [cert, key] = await Promise.all(
      ['fullchain.pem', 'privkey.pem'].map((name) => readFile(join(tls, name))),
    );
    const before = createServer({ cert, key }, (asked, answer) => {
      const { url = '', method, headers } = asked;
      const passed = request(`${server.url}${url}`, { method, headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      asked.pipe(passed);
    });
    await new Promise<void>((resolve) => before.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(before.address() as AddressInfo).port}/.git`;
    const authority = join(folder, 'ca.crt');
    await copyFile(join(folder, 'authority/ca.pem'), authority);
    const trusted = await clone(url, [`${authority}:/ca.crt`], { GIT_SSL_CAINFO: '/ca.crt' });
    const stranger = await clone(url);
    before.close();
    expect(trusted, trusted.stderr).toMatchObject({ status: 0 });
    expect(stranger).toMatchObject({ status: 128, stderr: expect.stringMatching(/certificate/) });
  });

  // Skipped where there is no SSH server, or no right to start one.
  test.skipIf(!existsSync(SSHD) || process.getuid?.() !== 0)(
    'clones over SSH, with options as the product gives them',
    async () => {
      const port = await freePort();
      const keys = join(folder, 'ssh');
      await mkdir(keys, { mode: 0o755 });
      for (const name of ['host', 'user']) {
        await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(keys, name)]);
      }
      await mkdir('/run/sshd', { recursive: true });
      const settings = {
        Port: port,
        ListenAddress: '127.0.0.1',
        HostKey: join(keys, 'host'),
        AuthorizedKeysFile: join(keys, 'user.pub'),
        PermitRootLogin: 'prohibit-password',
        StrictModes: 'no',
        UsePAM: 'no',
        PidFile: join(keys, 'pid'),
      };
      const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
      await writeFile(join(keys, 'sshd_config'), `${lines.join('\n')}\n`);
      const sshd = spawn(SSHD, ['-D', '-e', '-f', join(keys, 'sshd_config')], { stdio: 'ignore' });
      try {
        const known = `[127.0.0.1]:${port} ${await readFile(join(keys, 'host.pub'), 'utf8')}`;
        await writeFile(join(keys, 'known_hosts'), known);
        await run('chown', [USER, join(keys, 'user'), join(keys, 'known_hosts')]);
        const home = '/var/lib/commandcenter/.ssh';
        const cloned = await until(
          'it is cloned',
          () =>
            clone(
              `ssh://root@127.0.0.1:${port}${repository.directory}/.git`,
              [`${keys}/user:${home}/id_ed25519`, `${keys}/known_hosts:${home}/known_hosts`],
              {
                GIT_SSH_VARIANT: 'ssh',
                GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=30 -oForwardAgent=no',
              },
            ),
          ({ status }) => status === 0,
          60_000,
        );
        expect(cloned.stderr).toContain('Cloning into bare repository');
      } finally {
        sshd.kill();
      }
    },
  );

  test('clones from a folder that is mounted', async () => {
    await run('chown', ['-R', USER, repository.directory]);
    const cloned = await clone('file:///repository', [`${repository.directory}:/repository`]);
    expect(cloned, cloned.stderr).toMatchObject({ status: 0 });
  });
});
