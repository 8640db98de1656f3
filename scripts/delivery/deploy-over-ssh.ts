import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a deploy to another host needs to know. Nothing is guessed: each is checked before the network is used. */
export interface Deploy {
  /** user@host */
  target: string;
  port: string;
  /** The private key that may deploy, and the lines of known_hosts that the host is checked against. */
  key: string;
  knownHosts: string;
  /** The production folder on the host. */
  directory: string;
  image: string;
  webImage: string;
}

const BY_DIGEST = /^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$/;
const RULES: Record<keyof Deploy, [pattern: RegExp, says: string]> = {
  target: [/^[a-z_][a-z0-9_-]*@[A-Za-z0-9][A-Za-z0-9.-]*$/, 'DEPLOY_TARGET must be user@host'],
  port: [/^[0-9]{1,5}$/, 'DEPLOY_PORT must be a number'],
  key: [/^-----BEGIN /, 'DEPLOY_KEY must hold a private key'],
  knownHosts: [
    /^\S+ (ssh|ecdsa|sk)-\S+ \S+/m,
    'DEPLOY_KNOWN_HOSTS must hold the host key, as ssh-keyscan prints it',
  ],
  directory: [/^\/[\w./-]+$/, 'DEPLOY_DIRECTORY must be an absolute path of plain characters'],
  image: [BY_DIGEST, 'IMAGE must name an image by its digest: a tag may mean something else tomorrow'],
  webImage: [BY_DIGEST, 'WEB_IMAGE must name an image by its digest: a tag may mean something else tomorrow'],
};

/** What is wrong with a deploy's settings, in sentences. */
export function findFaults(deploy: Deploy): string[] {
  return Object.entries(RULES).flatMap(([name, [pattern, says]]) =>
    pattern.test(deploy[name as keyof Deploy]) ? [] : [`${says}.`],
  );
}

/** The call of ssh. It trusts the given host key and nothing else: no configuration, agent or file of the machine. */
export function sshArguments(deploy: Deploy, keyFile: string, knownHostsFile: string): string[] {
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '20',
    ForwardAgent: 'no',
    GlobalKnownHostsFile: '/dev/null',
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    ServerAliveInterval: '15',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: knownHostsFile,
  };
  return [
    ...['-F', '/dev/null', '-p', deploy.port, '-i', keyFile],
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...[deploy.target, '--', 'commandcenter', 'deploy', deploy.directory],
    ...['--image', deploy.image, '--web-image', deploy.webImage],
  ];
}

/** Runs `commandcenter deploy` on the host and returns its exit code. The key is on disk only meanwhile. */
export function deployOverSsh(deploy: Deploy): number {
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-deploy-'));
  try {
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), `${text.trim()}\n`, { mode: 0o600 });
      return join(folder, name);
    };
    const words = sshArguments(deploy, write('key', deploy.key), write('known_hosts', deploy.knownHosts));
    return spawnSync('ssh', words, { stdio: 'inherit' }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const read = (name: string): string => process.env[name] ?? '';
  const deploy: Deploy = {
    target: read('DEPLOY_TARGET'),
    port: read('DEPLOY_PORT') || '22',
    key: read('DEPLOY_KEY'),
    knownHosts: read('DEPLOY_KNOWN_HOSTS'),
    directory: read('DEPLOY_DIRECTORY'),
    image: read('IMAGE'),
    webImage: read('WEB_IMAGE'),
  };
  const faults = findFaults(deploy);
  if (faults.length > 0) process.stderr.write(`${faults.join('\n')}\n`);
  process.exitCode = faults.length > 0 ? 78 : deployOverSsh(deploy);
}
