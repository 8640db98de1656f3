import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Deploy, findFaults } from '../../scripts/delivery/deploy-over-ssh.ts';

const root = join(import.meta.dirname, '../..');
const sshd = '/usr/sbin/sshd';
const digest = `sha256:${'a1'.repeat(32)}`;
const image = `registry.example.org/team/commandcenter@${digest}`;
const webImage = `registry.example.org/team/commandcenter-web@${digest}`;

describe('the settings of a deploy', () => {
  const good: Deploy = {
    target: 'deploy@staging.example.org',
    port: '22',
    key: '-----BEGIN OPENSSH PRIVATE KEY-----',
    knownHosts: 'staging.example.org ssh-ed25519 AAAAC3Nza',
    directory: '/srv/commandcenter',
    image,
    webImage,
  };

  test('are right', () => {
    expect(findFaults(good)).toEqual([]);
  });

  test.each<[keyof Deploy, string, string]>([
    ['image', 'registry.example.org/team/commandcenter:latest', 'IMAGE must name an image by its digest'],
    ['image', 'registry.example.org/team/commandcenter', 'IMAGE must name an image by its digest'],
    ['image', `registry.example.org/team/commandcenter@sha256:abc`, 'IMAGE must name an image by its digest'],
    ['image', `x; reboot #@${digest}`, 'IMAGE must name an image by its digest'],
    ['webImage', 'commandcenter-web:main', 'WEB_IMAGE must name an image by its digest'],
    ['target', 'staging.example.org', 'DEPLOY_TARGET'],
    ['target', '-oProxyCommand=reboot@x', 'DEPLOY_TARGET'],
    ['directory', '/srv/$(reboot)', 'DEPLOY_DIRECTORY'],
    ['directory', 'srv', 'DEPLOY_DIRECTORY'],
    ['knownHosts', '', 'DEPLOY_KNOWN_HOSTS'],
    ['key', '', 'DEPLOY_KEY'],
    ['port', '22 -v', 'DEPLOY_PORT'],
  ])('with the %s "%s" are refused', (name, value, says) => {
    expect(findFaults({ ...good, [name]: value })).toEqual([expect.stringContaining(says)]);
  });
});

describe.skipIf(!existsSync(sshd))('a deploy to a host (skipped without sshd)', () => {
  let folder: string;
  let server: ChildProcess;
  let port: number;
  const asked = (): string => readFileSync(join(folder, 'asked'), 'utf8');
  const makeKey = (name: string): string => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, name)]);
    return readFileSync(join(folder, `${name}.pub`), 'utf8').trim();
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'commandcenter-sshd-'));
    port = await freePort();
    makeKey('host');
    makeKey('another');
    // The program on the host writes down how it was called, and ends as it is told to.
    const program = join(folder, 'commandcenter');
    writeFileSync(
      program,
      `#!/bin/sh\nprintf 'commandcenter %s' "$*" >'${folder}/asked'\nexit "$(cat '${folder}/answer')"\n`,
    );
    chmodSync(program, 0o755);
    const command = `PATH=${folder}:/usr/bin:/bin ${root}/deploy/delivery/deploy-only /srv/commandcenter`;
    writeFileSync(join(folder, 'authorized_keys'), `restrict,command="${command}" ${makeKey('deployer')}\n`);
    writeFileSync(
      join(folder, 'sshd_config'),
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${folder}/host`,
        `AuthorizedKeysFile ${folder}/authorized_keys`,
        `PidFile ${folder}/pid`,
        'StrictModes no',
        'UsePAM no',
        'PasswordAuthentication no',
        'PermitRootLogin prohibit-password',
        '',
      ].join('\n'),
    );
    // Root's sshd wants this folder, which its service makes where there is one.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    server = spawn(sshd, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' });
    await untilListening(port);
  });
  afterAll(() => {
    server.kill();
    rmSync(folder, { recursive: true });
  });

  /** Runs the script as the pipeline does, on a host key and a login key. */
  const deploy = (hostKey: string, loginKey: string, answer = 0, change: Record<string, string> = {}) => {
    writeFileSync(join(folder, 'asked'), '');
    writeFileSync(join(folder, 'answer'), String(answer));
    const env = {
      PATH: process.env['PATH'] ?? '',
      DEPLOY_TARGET: `${userInfo().username}@127.0.0.1`,
      DEPLOY_PORT: String(port),
      DEPLOY_KEY: readFileSync(join(folder, loginKey), 'utf8'),
      DEPLOY_KNOWN_HOSTS: `[127.0.0.1]:${port} ${readFileSync(join(folder, `${hostKey}.pub`), 'utf8').trim()}`,
      DEPLOY_DIRECTORY: '/srv/commandcenter',
      IMAGE: image,
      WEB_IMAGE: webImage,
      ...change,
    };
    const child = spawn(process.execPath, ['scripts/delivery/deploy-over-ssh.ts'], { cwd: root, env });
    let says = '';
    child.stderr.on('data', (chunk) => {
      says += String(chunk);
    });
    return new Promise<{ code: number | null; says: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, says })),
    );
  };

  test('asks it to deploy these digests, and nothing else', async () => {
    expect(await deploy('host', 'deployer')).toMatchObject({ code: 0 });
    expect(asked()).toBe(`commandcenter deploy /srv/commandcenter --image ${image} --web-image ${webImage}`);
  });

  test('fails as the deploy on the host fails', async () => {
    expect(await deploy('host', 'deployer', 69)).toMatchObject({ code: 69 });
  });

  test('does not talk to a host with another key', async () => {
    const { code, says } = await deploy('another', 'deployer');
    expect(code).toBe(255);
    expect(says).toMatch(/Host key verification failed|HOST IDENTIFICATION HAS CHANGED/i);
    expect(asked()).toBe('');
  });

  test('is not let in with a key that may not', async () => {
    const { code, says } = await deploy('host', 'another');
    expect(code).toBe(255);
    expect(says).toContain('Permission denied');
    expect(asked()).toBe('');
  });

  test('is refused on the host for another folder', async () => {
    const { code, says } = await deploy('host', 'deployer', 0, { DEPLOY_DIRECTORY: '/srv/another' });
    expect(code).toBe(77);
    expect(says).toContain('may deploy images by digest to /srv/commandcenter, and nothing else');
    expect(asked()).toBe('');
  });

  test('is all that the key may do', () => {
    const words = ['deploy', '/srv/commandcenter', '--image', image, '--web-image'];
    for (const command of [
      '',
      'sh',
      `commandcenter ${words.join(' ')} commandcenter-web:main`,
      `commandcenter ${words.join(' ')} ${webImage}; id`,
      `commandcenter ${words.join(' ')} ${webImage}\nid`,
      `commandcenter ${words.join(' ')} $(id)@${digest}`,
      `sudo commandcenter ${words.join(' ')} ${webImage}`,
      `commandcenter rollback /srv/commandcenter`,
    ]) {
      writeFileSync(join(folder, 'asked'), '');
      const { status } = spawnSync(join(root, 'deploy/delivery/deploy-only'), ['/srv/commandcenter'], {
        cwd: root,
        env: { PATH: `${folder}:/usr/bin:/bin`, SSH_ORIGINAL_COMMAND: command },
      });
      expect(status, command).toBe(77);
      expect(asked(), command).toBe('');
    }
  });

  test('does not even connect for a tag', async () => {
    const { code, says } = await deploy('host', 'deployer', 0, { IMAGE: 'commandcenter:main' });
    expect(code).toBe(78);
    expect(says).toContain('IMAGE must name an image by its digest');
    expect(asked()).toBe('');
  });

  test('leaves no key behind', async () => {
    const temporary = mkdtempSync(join(folder, 'tmp-'));
    await deploy('host', 'deployer', 0, { TMPDIR: temporary });
    expect(execFileSync('find', [temporary, '-type', 'f'], { encoding: 'utf8' })).toBe('');
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

async function untilListening(port: number): Promise<void> {
  for (const end = Date.now() + 60_000; ; await sleep(50)) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    if (Date.now() > end) throw new Error('sshd did not start.');
  }
}
