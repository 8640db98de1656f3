import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settingVariables } from '#platform/config/index.ts';
import { type BuiltServer, launcher, startBuiltServer } from '#testing/built-server.ts';

const root = join(import.meta.dirname, '..');
const WAIT_MS = 120_000;
/** Stands in every planted secret, so that one search finds any of them. */
const MARK = 'pl4nted';
const planted = (name: string): string => `${MARK}-${name.toLowerCase().replaceAll('_', '-')}-0a1b2c`;

/** Secrets whose form is checked at the start, marked as far as that lets it. */
const HEX = (start: string): string => start.padEnd(64, 'e1a5');
const FORMS: Record<string, string> = {
  SECRET_KEY: HEX('5ec4e7'),
  PREVIOUS_SECRET_KEYS: `${HEX('01d5ec')},${HEX('02d5ec')}`,
  REDIS_URL: `redis://user:${planted('redis')}@127.0.0.1:9`,
  REDIS_CACHE_URL: `redis://user:${planted('cache')}@127.0.0.1:9`,
  BACKUP_IDENTITY: 'AGE-SECRET-KEY-1YR9MRDW69XAR3WLRVQUMETX935VAY7MVZJWZ7UR9X8VTWT3E2W9STCN02J',
};
const OTHER_FORMS = [HEX('5ec4e7'), HEX('01d5ec'), HEX('02d5ec'), FORMS['BACKUP_IDENTITY'] ?? ''];

let folder: string;
let server: BuiltServer;

/** Every secret that there is a setting for. DATABASE_URL stands for a server of its own, which is not run here. */
function plantedSettings(): Record<string, string> {
  const secrets = settingVariables().filter(
    ({ name, secret }) => secret && !/^DATABASE_|REDIS_PASSWORD/.test(name),
  );
  expect(secrets.length).toBeGreaterThan(8);
  return {
    ...Object.fromEntries(secrets.map(({ name }) => [name, FORMS[name] ?? planted(name)])),
    PUBLIC_URL: 'http://127.0.0.1:1',
    OIDC_ISSUER: `http://user:${planted('issuer')}@127.0.0.1:9`,
    OIDC_CLIENT_ID: 'c',
    MODEL_PROVIDER: 'openai-compatible',
    MODEL_NAME: 'm',
    MODEL_BASE_URL: `http://user:${planted('model-url')}@127.0.0.1:9/v1`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${planted('traces')}@127.0.0.1:9`,
  };
}

const others = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  SOMEBODYS_API_TOKEN: planted('of-another-program'),
  HTTPS_PROXY: `http://proxy:${planted('proxy')}@127.0.0.1:9`,
});

function run(args: string[], env: Record<string, string>, into?: string) {
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      launcher,
      args,
      { env, timeout: WAIT_MS, encoding: 'buffer' },
      (error, stdout, stderr) => {
        if (into) writeFileSync(into, stdout);
        resolve({ status: error ? Number(error.code) : 0, stdout: String(stdout), stderr: String(stderr) });
      },
    );
    child.stdin?.end();
  });
}

/** What is in a bundle, by name without the folder. */
async function unpack(file: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const archive = extract();
  archive.on('entry', (header, stream, next) => {
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => {
      files.set(header.name.replace(/^[^/]+\//, ''), Buffer.concat(pieces).toString());
      next();
    });
  });
  await pipeline(createReadStream(file), createGunzip(), archive);
  return files;
}

function expectNoSecret(files: Map<string, string>): void {
  for (const [name, text] of files) {
    const at = text.toLowerCase().indexOf(MARK);
    expect(at < 0 ? '' : text.slice(Math.max(0, at - 80), at + 60), name).toBe('');
    for (const other of OTHER_FORMS)
      expect(text.includes(other), `${name} holds ${other.slice(0, 8)}…`).toBe(false);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-support-'));
  const env = { ...others(), ...plantedSettings(), DATA_DIR: join(folder, 'data') };
  server = await startBuiltServer(env);
}, WAIT_MS);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}, WAIT_MS);

describe('a support bundle', { timeout: 3 * WAIT_MS }, () => {
  test('holds what helps and no secret of any kind, whichever way one has got into the log', async () => {
    const token = (await readFile(join(folder, 'data/owner-token'), 'utf8')).trim();
    const ask = (method: string, path: string, body?: unknown) =>
      fetch(`${server.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    await ask('GET', `/nowhere?token=${planted('query')}&code=${planted('code')}`);
    await ask('POST', '/api/v1/repositories', {
      location: `http://user:${planted('repository')}@127.0.0.1:9/a.git`,
      accessToken: planted('access-token'),
    });
    await ask('POST', '/api/v1/session', { email: 'ada@example.com', password: planted('password') });
    // A path that nobody answers is told as it is, and this one holds a secret that only its value gives away.
    await ask('GET', `/files/${planted('MODEL_API_KEY')}`);

    const log = join(folder, 'containers.log');
    await writeFile(
      log,
      [
        `api-1  | {"level":"info","msg":"x","password":"${planted('json')}"}`,
        `db-1   | PGPASSWORD=${planted('assigned')} psql postgres://user:${planted('address')}@db/name`,
        `proxy  | Authorization: Basic ${Buffer.from(planted('SOMEBODYS_API_TOKEN')).toString('base64')}`,
        `proxy  | Cookie: session=${planted('cookie')}; b=${planted('second-cookie')}`,
        `api-1  | refused ${planted('of-another-program')}`,
        `tls    | -----BEGIN PRIVATE KEY-----\n${planted('key-line')}\n-----END PRIVATE KEY-----`,
        'db-1   | ordinary line that stays',
      ].join('\n'),
    );
    const file = join(folder, 'support.tar.gz');
    // With the configuration of the server, as where it runs.
    const env = {
      ...others(),
      ...plantedSettings(),
      DATA_DIR: join(folder, 'data'),
      COMMANDCENTER_TOKEN: token,
    };
    const made = await run(['support-bundle', file, '--log', log, '--json'], env);
    expect(made).toMatchObject({ status: 0 });
    expect(JSON.parse(made.stdout)).toMatchObject({ missing: [] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const files = await unpack(file);
    expect([...files.keys()].sort()).toEqual([
      'README.txt',
      'command.json',
      'doctor.json',
      'logs/1-containers.log',
      'server/configuration.json',
      'server/health.json',
      'server/log.jsonl',
      'server/metrics.txt',
      'server/migrations.json',
      'server/operations.json',
      'server/requests.json',
      'server/timeline.json',
      'server/versions.json',
    ]);
    expectNoSecret(files);
    const json = (name: string) => JSON.parse(files.get(name) ?? 'null');
    expect(json('server/versions.json')).toMatchObject({ product: expect.any(String), database: 'embedded' });
    const settings = json('server/configuration.json') as { name: string; value: unknown; set: boolean }[];
    expect(settings).toContainEqual({ name: 'SECRET_KEY', value: null, secret: true, set: true });
    expect(settings).toContainEqual({ name: 'DATABASE_URL', value: null, secret: true, set: false });
    expect(settings).toContainEqual({ name: 'MODEL_NAME', value: 'm', secret: false, set: true });
    expect(json('server/health.json').components.length).toBeGreaterThan(4);
    expect(json('server/migrations.json').at(-1)).toMatchObject({ name: expect.stringMatching(/^\d{4}_/) });
    expect(json('doctor.json').findings.length).toBeGreaterThan(3);
    expect(files.get('server/metrics.txt')).toContain('commandcenter_build_info');
    const lines = (files.get('server/log.jsonl') ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.some(({ msg, route }) => msg === 'request' && route === '/api/v1/session')).toBe(true);
    // What was planted has got there, and was taken out.
    expect(lines.some(({ route }) => route === '/files/[redacted]')).toBe(true);
    expect(files.get('logs/1-containers.log')?.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(6);
    expect(files.get('logs/1-containers.log')).toContain('ordinary line that stays');
    await secretlint(files);

    const piped = join(folder, 'piped.tar.gz');
    const written = await run(['support-bundle', '-'], env, piped);
    expect(written).toMatchObject({ status: 0, stderr: expect.stringContaining('without secrets') });
    expect((await unpack(piped)).get('server/metrics.txt')).toContain('commandcenter_build_info');

    expect(await run(['support-bundle', file], env)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('is there already'),
    });
  });

  test('is made without a server too, and says what is missing', async () => {
    const file = join(folder, 'alone.tar.gz');
    const made = await run(['support-bundle', file], {
      ...others(),
      DATABASE_URL: `postgres://user:${planted('database')}@127.0.0.1:9/none`,
      SECRET_KEY: FORMS['SECRET_KEY'] ?? '',
      PORT: '9',
    });
    expect(made).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Missing: What the server tells'),
    });
    const files = await unpack(file);
    expect([...files.keys()]).toEqual(['README.txt', 'command.json', 'doctor.json']);
    expectNoSecret(files);
    expect(files.get('README.txt')).toContain('does not answer');
    expect(files.get('doctor.json')).toContain('database-unreachable');
  });
});

/** The program that looks for secrets in what is committed finds none either. */
async function secretlint(files: Map<string, string>): Promise<void> {
  const unpacked = await mkdtemp(join(folder, 'unpacked-'));
  for (const [name, text] of files) {
    mkdirSync(dirname(join(unpacked, name)), { recursive: true });
    await writeFile(join(unpacked, name), text);
  }
  await copyFile(join(root, '.secretlintrc.json'), join(unpacked, '.secretlintrc.json'));
  symlinkSync(join(root, 'node_modules'), join(unpacked, 'node_modules'));
  const look = () =>
    new Promise<string>((resolve) => {
      const program = join(root, 'node_modules/.bin/secretlint');
      execFile(program, ['**/*'], { cwd: unpacked }, (_error, stdout, stderr) => resolve(stdout + stderr));
    });
  expect(await look()).toBe('');
  // It does look there.
  await writeFile(
    join(unpacked, 'server/log.jsonl'),
    `postgres://user:${planted('seen')}@db.example.invalid/name`,
  );
  expect(await look()).toContain('log.jsonl');
}
