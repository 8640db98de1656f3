import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../faults/installation.ts';
import { ask } from './ask.ts';
import { type Edge, type EdgeParts, hasNginx, startEdge } from './edge.ts';
import { echo, type FakeUpstream, startFake } from './fake-upstream.ts';

const SCRIPT = new URL('../../deploy/nginx/follow-upstreams.sh', import.meta.url).pathname;
/** A file of names of its own needs a mount that nobody else sees. */
const canMount =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;

const toClose: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of toClose.splice(0).reverse()) await part.close();
});

async function fake(name: string, host = '127.0.0.1', port = 0): Promise<FakeUpstream> {
  const upstream = await startFake(echo(name), host, port);
  toClose.push(upstream);
  return upstream;
}

/** nginx as a container starts it: by the script, which stays beside it. */
async function follow(parts: Pick<EdgeParts, 'upstreams' | 'through'>): Promise<Edge> {
  const edge = await startEdge({
    nginx: { tls: false, files: 'local', limits: false },
    upstreams: parts.upstreams,
    through: [...(parts.through ?? []), SCRIPT],
  });
  toClose.push(edge);
  return edge;
}

const servedBy = async (edge: Edge): Promise<string> => (await ask(`${edge.url}/api/v1/radar`)).json().name;
const untilServedBy = (edge: Edge, name: string): Promise<void> =>
  until(`${name} serves`, async () => (await servedBy(edge)) === name);

describe.skipIf(!hasNginx())('follow-upstreams.sh', () => {
  test('has nginx load a file that has changed, keeps it from one that is broken, and goes on', async () => {
    const one = await fake('one');
    const two = await fake('two');
    const edge = await follow({ upstreams: { api: [one.address] } });
    expect(await servedBy(edge)).toBe('one');

    await edge.writeUpstreams({ api: [two.address] });
    await untilServedBy(edge, 'two');

    for (const broken of [
      'upstream api { server',
      'upstream api { server no-such-name.invalid:80; }\n',
      '',
    ]) {
      await edge.writeUpstreams(broken);
      const refusals = (await edge.errorLog()).split('goes on with what it has').length;
      await until(
        'it is told',
        async () => (await edge.errorLog()).split('goes on with what it has').length > refusals,
      );
      expect(await servedBy(edge)).toBe('two');
    }

    await edge.writeUpstreams({ api: [one.address] });
    await untilServedBy(edge, 'one');
  });

  test.skipIf(!canMount)('has nginx look again when a name has got another address', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hosts-'));
    toClose.push({ close: () => rm(folder, { recursive: true, force: true }) });
    const hosts = join(folder, 'hosts');
    const old = await fake('old', '127.0.0.1');
    const port = Number(old.address.split(':')[1]);
    const fresh = await fake('fresh', '127.0.0.2', port);
    await writeFile(hosts, '127.0.0.1 localhost\n127.0.0.1 api-of-a-test\n');
    const edge = await follow({
      upstreams: { api: [`api-of-a-test:${port}`] },
      through: ['unshare', '--mount', 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec "$@"`, 'sh'],
    });
    expect(await servedBy(edge)).toBe('old');
    await writeFile(hosts, '127.0.0.1 localhost\n127.0.0.2 api-of-a-test\n');
    await untilServedBy(edge, 'fresh');
    // A name that is gone, as that of a container that is stopped, changes nothing for who serves.
    await writeFile(hosts, '127.0.0.1 localhost\n');
    await until('it is told', async () => (await edge.errorLog()).includes('host not found'));
    expect(await servedBy(edge)).toBe('fresh');
    await writeFile(hosts, '127.0.0.1 localhost\n127.0.0.1 api-of-a-test\n');
    await untilServedBy(edge, 'old');
    expect(fresh.seen.length).toBeGreaterThan(0);
  });

  test('sees what changes while nginx starts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'follow-upstreams-'));
    toClose.push({ close: () => rm(folder, { recursive: true, force: true }) });
    const [commands, upstreams, reloads] = ['bin', 'upstreams.conf', 'reloads'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    // nginx that says what it is told, and a machine that is slow to read a file.
    await mkdir(commands);
    const command = (name: string, lines: string) =>
      writeFile(join(commands, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    await command('nginx', `echo "$*" >> ${reloads}`);
    await command('cat', 'sleep 0.5; exec /bin/cat "$@"');
    await writeFile(upstreams, 'before\n');
    const child = spawn(SCRIPT, ['sh', '-c', `echo after > ${upstreams}; exec sleep 60`], {
      env: { PATH: `${commands}:${process.env['PATH']}`, NGINX_CONF: join(folder, 'nginx.conf') },
      detached: true,
      stdio: 'ignore',
    });
    toClose.push({ close: async () => void process.kill(-(child.pid ?? 0), 'SIGKILL') });
    await until('nginx is told', async () => (await readFile(reloads, 'utf8')).includes('-s reload'));
  });

  test.skipIf(spawnSync('shellcheck', ['--version'], { stdio: 'ignore' }).status !== 0)(
    'is a script of which shellcheck has nothing to say',
    () => {
      expect(execFileSync('shellcheck', ['--shell', 'sh', SCRIPT]).toString()).toBe('');
    },
  );
});
