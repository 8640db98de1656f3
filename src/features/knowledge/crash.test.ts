import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { startTestApp } from '#testing/index.ts';

const children: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function startProcess(dataDir: string): Promise<{ child: ChildProcess; url: string; token: string }> {
  const script = fileURLToPath(new URL('./fixtures/run-app.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  if (!child.stdout) throw new Error('no output to read');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { url: string; token: string }) };
}

test('a process killed while it ingests and indexes loses nothing that it acknowledged', {
  timeout: 180_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-'));
  folders.push(dataDir);
  const { child, url, token } = await startProcess(dataDir);
  const headers = { authorization: `Bearer ${token}` };
  const acknowledged = new Map<string, string>();

  const form = new FormData();
  for (let i = 0; i < 20; i += 1)
    form.append('file', new Blob([`# Upload ${i}\n\nThe capybara.`]), `upload-${i}.md`);
  const upload = await fetch(`${url}/api/v1/documents`, { method: 'POST', headers, body: form });
  expect(upload.status).toBe(202);
  const uploaded = (await upload.json()) as { documents: { id: string }[] };

  const sending = (async () => {
    for (let batch = 0; ; batch += 1) {
      const documents = Array.from({ length: 50 }, (_, i) => ({
        externalId: `doc-${batch}-${i}`,
        text: `# Doc ${batch} ${i}\n\n${'words of it '.repeat(50)}`,
      }));
      const response = await fetch(`${url}/api/v1/documents:batch`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ documents }),
      });
      const { items } = (await response.json()) as { items: { externalId: string; documentId: string }[] };
      for (const { externalId, documentId } of items) acknowledged.set(externalId, documentId);
      if (acknowledged.size === 400) setTimeout(() => child.kill('SIGKILL'), 30);
    }
  })();
  // The connection breaks when the process dies.
  await expect(sending).rejects.toThrow();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(acknowledged.size).toBeGreaterThanOrEqual(400);

  const app = await startTestApp({ dataDir });
  try {
    await app.runJobs();
    for (const { id } of uploaded.documents) {
      expect((await app.request('GET', `/documents/${id}`)).body).toMatchObject({
        state: 'ready',
        indexState: 'indexed',
      });
    }
    const { body } = await app.request('GET', '/documents?source=api&state=ready&limit=1');
    expect(body.total).toBeGreaterThanOrEqual(acknowledged.size);
    for (const id of acknowledged.values()) {
      expect((await app.request('GET', `/documents/${id}`)).body).toMatchObject({
        state: 'ready',
        chunkCount: 1,
        indexState: 'indexed',
      });
    }
    const search = await app.request('GET', '/search?q=capybara&limit=50');
    expect(search.body.items).toHaveLength(20);
  } finally {
    await app.close();
  }
});
