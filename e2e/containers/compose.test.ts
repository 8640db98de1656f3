import { chmod, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from '#testing/people.ts';
import { type ComposeProject, createComposeProject } from './compose-project.ts';
import { buildImages, docker, run, until, whyNoDocker } from './engine.ts';

const reason = whyNoDocker();
if (reason !== undefined) process.stderr.write(`Compose is not tested: ${reason}.\n`);

const LONG_MS = 600_000;
const RUNNING = ['postgres', 'redis', 'api', 'worker', 'web'] as const;
const SECRETS = [
  'database_password',
  'postgres_password',
  'redis_password',
  'secret_key',
  'metrics_token',
  'backup_identity',
];
const QUESTION = 'why is the planner in Python?';

// Skipped where there is no Docker engine; CI has one. The tests go one after another on one installation.
describe.skipIf(reason !== undefined)('an installation in containers', () => {
  let project: ComposeProject;
  let browser: TestBrowser;
  beforeAll(async () => {
    await buildImages();
    project = await createComposeProject();
    await project.set('WORKER_MEMORY', '512m');
    await project.up();
  }, LONG_MS);
  afterAll(() => project?.close(), LONG_MS);

  const inside = (service: string, ...command: string[]) =>
    project.compose('exec', '--no-TTY', service, ...command);
  /** Whether a connection from a service to an address comes about, by the tools that its image has. */
  const reaches = async (service: 'web' | 'api', host: string, port: number): Promise<boolean> => {
    const connect = `require('node:net').connect(${port}, '${host}').on('connect', () => process.exit(0)).on('error', () => process.exit(1)).setTimeout(5000, () => process.exit(1))`;
    const command =
      service === 'web'
        ? ['timeout', '5', 'bash', '-c', `</dev/tcp/${host}/${port}`]
        : ['node', '-e', connect];
    return (await inside(service, ...command)).status === 0;
  };

  test('starts in order: data, then the schema, then what serves, then the web server', async () => {
    const [postgres, redis, migrate, api, worker, web] = await Promise.all(
      ['postgres', 'redis', 'migrate', 'api', 'worker', 'web'].map((service) => project.inspect(service)),
    );
    expect(migrate?.State).toMatchObject({ Status: 'exited', ExitCode: 0 });
    const started = (at: typeof api): number => Date.parse(at?.State.StartedAt ?? '');
    const migrated = Date.parse(migrate?.State.FinishedAt ?? '');
    for (const data of [postgres, redis]) expect(started(data)).toBeLessThan(started(api));
    expect(started(postgres)).toBeLessThan(started(migrate));
    for (const product of [api, worker]) expect(migrated).toBeLessThanOrEqual(started(product));
    expect(started(api)).toBeLessThan(started(web));
  });

  test('each container may do no more than it needs, and its limits are real', async () => {
    const users = {
      postgres: '999:999',
      redis: '999:999',
      api: '10001:10001',
      worker: '10001:10001',
      web: '101:101',
    };
    for (const service of RUNNING) {
      const { HostConfig, Config } = await project.inspect(service);
      expect(HostConfig, service).toMatchObject({
        ReadonlyRootfs: true,
        Privileged: false,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        RestartPolicy: { Name: 'unless-stopped' },
        LogConfig: { Type: 'local', Config: { 'max-size': '10m', 'max-file': '5' } },
      });
      expect(HostConfig.Memory, service).toBeGreaterThan(0);
      expect(HostConfig.MemoryReservation, service).toBeGreaterThan(0);
      expect(HostConfig.NanoCpus, service).toBeGreaterThan(0);
      expect(HostConfig.PidsLimit, service).toBeGreaterThan(0);
      expect(Config.User, service).toBe(users[service]);
      expect(Config.Labels['commandcenter.part']).toBe(service);
    }
  });

  test('no secret is seen by who may look at containers, and none is in a process or a log', async () => {
    const secrets = await Promise.all(
      SECRETS.map(async (name) => (await readFile(join(project.folder, 'secrets', name), 'utf8')).trim()),
    );
    const ids = (await project.mustCompose('ps', '--all', '--quiet')).split('\n');
    const seen = [await docker('inspect', ...ids), await project.mustCompose('logs', '--no-color')];
    for (const service of RUNNING) seen.push(await project.mustCompose('top', service));
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(30);
      expect(seen.some((text) => text.includes(secret))).toBe(false);
    }
  });

  test('nothing is published but the web server, on this machine only', async () => {
    for (const service of RUNNING) {
      const bindings = Object.values((await project.inspect(service)).HostConfig.PortBindings ?? {}).flat();
      if (service === 'web') expect(bindings.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
      else expect(bindings).toEqual([]);
    }
  });

  test('the web server reaches the API and not the data; the API reaches both', async () => {
    expect(await reaches('web', 'api', 3000)).toBe(true);
    expect(await reaches('api', 'postgres', 5432)).toBe(true);
    expect(await reaches('api', 'redis', 6379)).toBe(true);
    const addresses = await Promise.all(
      ['postgres', 'redis'].map((service) =>
        docker(
          ...['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'],
          `${project.name}-${service}-1`,
        ),
      ),
    );
    const attempts = [5432, 6379].flatMap((port) =>
      ['postgres', 'redis', ...addresses].map(async (host) => ({
        host,
        port,
        got: await reaches('web', host, port),
      })),
    );
    expect((await Promise.all(attempts)).filter(({ got }) => got)).toEqual([]);
  });

  test('the database knows the product as one who owns its database and is no superuser', async () => {
    const sql = `select rolsuper, rolcreaterole, rolcreatedb, pg_get_userbyid(datdba) as owner
      from pg_roles, pg_database where rolname = 'commandcenter' and datname = 'commandcenter'`;
    const { stdout } = await inside('postgres', 'psql', '-U', 'postgres', '-Atc', sql);
    expect(stdout.trim()).toBe('f|t|t|commandcenter');
    const noPassword = await inside(
      'postgres',
      'psql',
      '-w',
      '-h',
      '127.0.0.1',
      '-U',
      'commandcenter',
      '-c',
      'select 1',
    );
    expect(noPassword).toMatchObject({ status: 2, stderr: expect.stringContaining('no password supplied') });
  });

  test('Redis lets in nobody without a password, but for the question whether it lives', async () => {
    const ask = (...command: string[]) => inside('redis', 'redis-cli', ...command);
    expect((await ask('get', 'x')).stdout).toContain('NOAUTH');
    expect(
      (await ask('--user', 'health', '--pass', 'none', '--no-auth-warning', 'get', 'x')).stdout,
    ).toContain('NOPERM');
    expect((await ask('--user', 'health', '--pass', 'none', '--no-auth-warning', 'ping')).stdout).toContain(
      'PONG',
    );
  });

  test(
    'the whole loop works through the web server',
    async () => {
      const link = await project.mustCompose('exec', '--no-TTY', 'api', 'commandcenter', 'login-link');
      expect(link).toContain(`${project.url}/login?code=`);
      browser = openBrowser({ url: project.url });
      expect((await browser.request('GET', link)).status).toBe(303);
      const page = await browser.request('GET', `${project.url}/`);
      expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<title>') });
      const tracked = await browser.request('POST', '/repositories:sample');
      expect(tracked.status, JSON.stringify(tracked.body)).toBe(201);
      await until(
        'the sample is scanned',
        async () => (await browser.request('GET', '/technologies')).body.items?.length ?? 0,
        (technologies) => technologies > 3,
      );
      const answer = await until(
        'the documents of the sample answer',
        async () => (await browser.request('POST', '/ask', { question: QUESTION })).body,
        ({ answered }) => answered === true,
      );
      expect(JSON.stringify(answer)).toContain('Why the planner is in Python');
      expect((await browser.request('GET', `${project.url}/metrics`)).status).toBe(404);
    },
    LONG_MS,
  );

  test.each(['api', 'worker', 'redis', 'postgres'])(
    '%s comes back when its process is killed',
    async (service) => {
      const { State, RestartCount } = await project.inspect(service);
      process.kill(State.Pid, 'SIGKILL');
      await until(
        `${service} is back`,
        () => project.inspect(service),
        ({ State: now, RestartCount: count }) => count > RestartCount && now.Health?.Status === 'healthy',
      );
      await until(
        'it is signed in still',
        async () => (await browser.request('GET', '/session')).status,
        (status) => status === 200,
      );
    },
  );

  test('what takes more memory than its container may is ended alone, and the rest goes on', async () => {
    const pids = async () =>
      Promise.all(RUNNING.map(async (service) => (await project.inspect(service)).State.Pid));
    const before = await pids();
    const eat = 'const kept = []; for (;;) kept.push(Buffer.alloc(8_000_000, 1));';
    expect((await inside('worker', 'node', '-e', eat)).status).toBe(137);
    expect(await pids()).toEqual(before);
    expect((await browser.request('GET', '/session')).status).toBe(200);
  });

  test(
    'stops within its time with every process ending by itself, and what it knows is there afterwards',
    async () => {
      await project.mustCompose('stop', 'web', 'worker', 'api');
      for (const service of ['web', 'worker', 'api']) {
        expect((await project.inspect(service)).State, service).toMatchObject({
          Status: 'exited',
          ExitCode: 0,
        });
      }
      await project.mustCompose('down');
      expect(await project.mustCompose('ps', '--all', '--quiet')).toBe('');
      await project.up();
      expect((await browser.request('GET', '/session')).status).toBe(200);
      const answer = await browser.request('POST', '/ask', { question: QUESTION });
      expect(answer.body.answered).toBe(true);
    },
    LONG_MS,
  );

  test('does not start without a secret, and says which', async () => {
    await project.mustCompose('rm', '--stop', '--force', 'api', 'migrate');
    const key = join(project.folder, 'secrets/secret_key');
    await rename(key, `${key}.away`);
    const missing = await project.compose('up', '--detach', '--pull', 'never', 'migrate');
    expect(missing.status).not.toBe(0);
    expect(missing.stderr).toMatch(/secret_key/);
    await rename(`${key}.away`, key);
    // There, but of another user, as a copy without `-p` leaves it.
    await run('chown', ['0:0', key]);
    await chmod(key, 0o600);
    const unreadable = await project.compose('run', '--rm', '--no-deps', '--no-TTY', 'migrate');
    expect(unreadable).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('SECRET_KEY must be readable from SECRET_KEY_FILE (EACCES)'),
    });
  });
});
