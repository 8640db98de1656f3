import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createTestRepository } from '#testing/git-repository.ts';
import { startGitServer } from '#testing/git-server.ts';
import { startTestApp } from '#testing/index.ts';

test('a process killed during the first clone leaves what the next one repairs and finishes', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-'));
  const from = await createTestRepository();
  const head = await from.commit({ 'noise.bin': randomBytes(4_000_000), 'a.ts': 'let a;\n' });
  const slow = await startGitServer({ root: from.directory, bytesPerSecond: 1_000_000 });
  const script = fileURLToPath(new URL('./fixtures/run-app.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { url, token } = JSON.parse(line) as { url: string; token: string };
    const response = await fetch(`${url}/api/v1/repositories`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ location: `${slow.url}/.git` }),
    });
    const { repository } = (await response.json()) as { repository: { id: string } };
    expect(response.status).toBe(201);

    const mirrors = join(dataDir, 'mirrors');
    const names = async (): Promise<string[]> => readdir(mirrors).catch(() => []);
    while (!(await names()).some((name) => name.includes('.partial-'))) await sleep(50);
    await sleep(1000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await names()).not.toContain(`${repository.id}.git`);

    const app = await startTestApp({ dataDir, env: { OUTGOING_ALLOW_HOSTS: '127.0.0.1' } });
    try {
      await app.runJobs();
      const { body } = await app.request('GET', `/repositories/${repository.id}`);
      expect(body).toMatchObject({ state: 'ready', headCommit: head, problem: null });
      expect((await names()).sort()).toEqual([`${repository.id}.git`, 'gitconfig'].sort());
    } finally {
      await app.close();
    }
  } finally {
    child.kill('SIGKILL');
    await slow.close();
    await from.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 120_000);
