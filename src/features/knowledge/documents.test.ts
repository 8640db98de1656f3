import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { makePdf } from './parsing/fixtures/make-pdf.ts';

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what tests assert.
type Json = any;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ env: { OUTGOING_ALLOW_HOSTS: '127.0.0.1' } });
});
afterAll(() => app.close());

async function upload(files: Record<string, Uint8Array | string>): Promise<{ status: number; body: Json }> {
  const form = new FormData();
  for (const [name, content] of Object.entries(files))
    form.append('file', new Blob([content as Uint8Array<ArrayBuffer>]), name);
  const response = await fetch(`${app.url}/api/v1/documents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.token}` },
    body: form,
  });
  return { status: response.status, body: await response.json() };
}

async function read(id: string): Promise<Json> {
  return (await app.request('GET', `/documents/${id}`)).body;
}

async function send(documents: object[]): Promise<Json[]> {
  const { status, body } = await app.request('POST', '/documents:batch', { documents });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.items;
}

const found = async (q: string): Promise<string[]> => {
  const { body } = await app.request('GET', `/search?q=${encodeURIComponent(q)}`);
  return body.items.map((item: { externalId: string }) => item.externalId);
};

describe('POST /documents:batch', () => {
  test('stores, leaves what is equal alone, updates what changed, and says what failed', async () => {
    const documents = [
      { externalId: 'a.md', text: '# Alpha\n\nThe zebra crossing.\n\n## Beta "quoted\\path"\n\nMore.' },
      { externalId: 'b', title: 'Given title', text: 'Plain text', uri: 'https://example.org/b' },
      { externalId: 'empty', text: ' \n' },
    ];
    const first = await send(documents);
    expect(first.map(({ status }) => status)).toEqual(['created', 'created', 'failed']);
    expect(first[2].problem).toMatchObject({ code: 'empty' });
    const again = await send(documents);
    expect(again.map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'failed']);
    expect(again.map(({ documentId }) => documentId)).toEqual(first.map(({ documentId }) => documentId));

    const alpha = await read(first[0].documentId);
    expect(alpha).toMatchObject({
      title: 'Alpha',
      mediaType: 'text/markdown',
      state: 'ready',
      source: 'api',
      text: documents[0]?.text,
    });
    expect(alpha.headings.map(({ title }: { title: string }) => title)).toEqual([
      'Alpha',
      'Beta "quoted\\path"',
    ]);
    expect(await read(first[1].documentId)).toMatchObject({
      title: 'Given title',
      uri: 'https://example.org/b',
    });

    const changed = await send([{ externalId: 'a.md', text: '# Alpha two\n\nThe okapi.' }]);
    expect(changed).toEqual([{ externalId: 'a.md', documentId: first[0].documentId, status: 'updated' }]);
    await app.runJobs();
    expect(await found('okapi')).toEqual(['a.md']);
    expect(await found('zebra')).toEqual([]);
  });

  test('two batches at once with the same documents end well', async () => {
    const batch = (text: string) =>
      Array.from({ length: 200 }, (_, i) => ({ externalId: `both-${i}`, text: `${text} ${i}` }));
    const [one, two] = await Promise.all([send(batch('first')), send(batch('second'))]);
    expect(new Set([...one, ...two].map(({ documentId }) => documentId)).size).toBe(200);
    const { body } = await app.request('GET', '/documents?q=both-&limit=200');
    expect(body.total).toBe(200);
    for (const { chunkCount, state } of body.items)
      expect({ chunkCount, state }).toEqual({ chunkCount: 1, state: 'ready' });
  });

  test('keeps offsets through the database, whatever characters a text has', async () => {
    const text = `# 😀 Überschrift\r\n\r\nNull \0 and half \ud800 pair.\r\n\r\n${'😀 '.repeat(900)}end`;
    const [item] = await send([{ externalId: 'odd.md', text }]);
    const document = await read(item.documentId);
    expect(document.text).toBe(text.replace('\0', '\ufffd').replace('\ud800', '\ufffd'));
    expect(document.text).toHaveLength(text.length);
    expect(document.chunkCount).toBeGreaterThan(1);
  });

  test('refuses more than 1,000 and what is no document, saying what is expected', async () => {
    const many = Array.from({ length: 1_001 }, (_, i) => ({ externalId: `${i}`, text: 'x' }));
    expect((await app.request('POST', '/documents:batch', { documents: many })).status).toBe(400);
    expect((await app.request('POST', '/documents:batch', { documents: [{ text: 'x' }] })).status).toBe(400);
    expect((await app.request('POST', '/documents:batch', { documents: [] })).status).toBe(400);
  });
});

describe('uploads', () => {
  test('are read by a job, each with its own outcome', async () => {
    const { status, body } = await upload({
      'guide/intro.md': '# Intro\n\nAbout the quokka.',
      'report.pdf': makePdf([['The numbat on page one'], ['and two']]),
      'broken.pdf': makePdf([['x']]).subarray(0, 300),
      'empty.txt': '',
      'data.bin': Uint8Array.from([0, 1, 2, 0, 255, 3, 0, 0]),
      '../../etc/passwd': 'just a name',
    });
    expect(status).toBe(202);
    await app.runJobs();
    const job = (await app.request('GET', `/jobs/${body.job.id}`)).body;
    expect(job).toMatchObject({ state: 'succeeded', result: { ready: 3, failed: 3 } });
    const documents = new Map<string, Json>();
    for (const { id, externalId } of body.documents) documents.set(externalId, await read(id));
    expect(documents.get('guide/intro.md')).toMatchObject({
      state: 'ready',
      title: 'Intro',
      path: 'guide/intro.md',
    });
    expect(documents.get('report.pdf').pages).toHaveLength(2);
    expect(documents.get('broken.pdf')).toMatchObject({
      state: 'failed',
      problem: { code: 'pdf-truncated' },
    });
    expect(documents.get('empty.txt')).toMatchObject({ state: 'failed', problem: { code: 'empty' } });
    expect(documents.get('data.bin')).toMatchObject({ state: 'failed', problem: { code: 'not-text' } });
    expect(documents.get('etc/passwd')).toMatchObject({ state: 'ready' });
    expect(await found('numbat')).toEqual(['report.pdf']);
  });

  test('of the same file change nothing; of a new one take its place; a worse one keeps the text to look at', async () => {
    const first = await upload({ 'same.md': '# One\n\nwombat' });
    await app.runJobs();
    const again = await upload({ 'same.md': '# One\n\nwombat' });
    expect(again.body.job).toBeUndefined();
    expect(again.body.documents[0]).toMatchObject({ id: first.body.documents[0].id, state: 'ready' });
    await upload({ 'same.md': Uint8Array.from([0, 0, 7]) });
    await app.runJobs();
    expect(await read(first.body.documents[0].id)).toMatchObject({
      state: 'failed',
      problem: { code: 'not-text' },
      text: '# One\n\nwombat',
    });
    expect(await found('wombat')).toEqual([]);
    const retried = await app.request('POST', `/documents/${first.body.documents[0].id}/retry`);
    expect(retried.status).toBe(202);
    await app.runJobs();
    expect((await read(first.body.documents[0].id)).state).toBe('failed');
    await upload({ 'same.md': '# One\n\nwombat two' });
    await app.runJobs();
    expect(await read(first.body.documents[0].id)).toMatchObject({ state: 'ready', problem: null });
  });

  test('of 50 MB says that it is too large', async () => {
    const { body } = await upload({ 'huge.txt': new Uint8Array(50 * 1024 * 1024).fill(97) });
    await app.runJobs();
    expect(await read(body.documents[0].id)).toMatchObject({
      state: 'failed',
      problem: { code: 'too-large' },
    });
  });

  test('without a file, or as JSON, are refused with what to do', async () => {
    expect((await upload({})).body).toMatchObject({ status: 400, code: 'no-file' });
    const asJson = await app.request('POST', '/documents', { text: 'x' });
    expect(asJson.body).toMatchObject({ status: 415, remedy: expect.stringContaining('documents:batch') });
  });
});

describe('gone and restored', () => {
  test('a removed document drops out of search, can be looked at, and comes back', async () => {
    const [item] = await send([{ externalId: 'gone.md', text: '# Gone\n\nThe pangolin.' }]);
    await app.runJobs();
    expect(await found('pangolin')).toEqual(['gone.md']);
    const removed = await app.request('DELETE', `/documents/${item.documentId}`);
    expect(removed.body).toMatchObject({ state: 'gone', goneReason: 'removed' });
    await app.runJobs();
    expect(await found('pangolin')).toEqual([]);
    expect((await read(item.documentId)).text).toContain('pangolin');
    expect((await app.request('POST', `/documents/${item.documentId}/retry`)).body).toMatchObject({
      status: 409,
      code: 'document-gone',
    });
    const restored = await app.request('POST', `/documents/${item.documentId}/restore`);
    expect(restored.body).toMatchObject({ state: 'ready', goneAt: null });
    await app.runJobs();
    expect(await found('pangolin')).toEqual(['gone.md']);
    expect((await app.request('POST', `/documents/${item.documentId}/restore`)).status).toBe(409);
  });

  test('an unknown document is a 404, also with an id that is none', async () => {
    expect((await app.request('GET', '/documents/nonsense')).body).toMatchObject({
      status: 404,
      code: 'not-found',
    });
    expect((await app.request('DELETE', '/documents/0199aaaa-0000-7000-8000-000000000000')).status).toBe(404);
  });
});

describe('GET /documents', () => {
  test('filters and pages', async () => {
    await send(Array.from({ length: 5 }, (_, i) => ({ externalId: `page_%-${i}`, text: `text ${i}` })));
    const first = (
      await app.request('GET', `/documents?limit=3&source=api&state=ready&q=${encodeURIComponent('page_%-')}`)
    ).body;
    expect(first).toMatchObject({ total: 5 });
    const rest = (
      await app.request(
        'GET',
        `/documents?limit=3&source=api&q=${encodeURIComponent('page_%-')}&cursor=${first.nextCursor}`,
      )
    ).body;
    expect(
      [...first.items, ...rest.items].map(({ externalId }: { externalId: string }) => externalId).sort(),
    ).toEqual(Array.from({ length: 5 }, (_, i) => `page_%-${i}`));
    expect(rest.nextCursor).toBeNull();
  });
});

describe('POST /documents:fetch', () => {
  let site: Server;
  let answer: RequestListener;
  let base: string;
  beforeAll(async () => {
    site = createServer((request, response) => answer(request, response));
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((done) => site.close(done)));

  const page =
    (html: string): RequestListener =>
    (_, response) =>
      response.setHeader('content-type', 'text/html; charset=utf-8').end(html);

  test('reads a page, reads it again, and marks it gone when it is', async () => {
    answer = page('<title>The page</title><main><h1>Head</h1><p>About the axolotl.</p></main>');
    const { status, body } = await app.request('POST', '/documents:fetch', { url: `${base}/a#part` });
    expect(status).toBe(202);
    expect(body.document).toMatchObject({ externalId: `${base}/a`, state: 'pending' });
    await app.runJobs();
    expect(await read(body.document.id)).toMatchObject({
      state: 'ready',
      title: 'The page',
      text: expect.stringContaining('axolotl'),
    });
    answer = (_, response) => response.writeHead(403).end();
    await app.request('POST', `/documents/${body.document.id}/retry`);
    await app.runJobs();
    expect(await read(body.document.id)).toMatchObject({
      state: 'ready',
      problem: { code: 'url-forbidden' },
    });
    answer = (_, response) => response.writeHead(410).end();
    await app.request('POST', '/documents:fetch', { url: `${base}/a` });
    await app.runJobs();
    expect(await read(body.document.id)).toMatchObject({
      state: 'gone',
      goneReason: 'left-source',
      text: expect.stringContaining('axolotl'),
    });
    const restored = await app.request('POST', `/documents/${body.document.id}/restore`);
    expect(restored.body).toMatchObject({ state: 'ready', kept: true, problem: null });
    answer = page('<title>The page</title><p>About the axolotl again.</p>');
    await app.request('POST', '/documents:fetch', { url: `${base}/a` });
    await app.runJobs();
    expect(await read(body.document.id)).toMatchObject({ state: 'ready', problem: null });
  });

  test('says why a page could not be had', async () => {
    answer = (_, response) => response.writeHead(404).end();
    const { body } = await app.request('POST', '/documents:fetch', { url: `${base}/missing` });
    await app.runJobs();
    expect(await read(body.document.id)).toMatchObject({
      state: 'failed',
      problem: { code: 'url-not-found' },
    });
    expect((await app.request('GET', `/jobs/${body.job.id}`)).body).toMatchObject({
      state: 'failed',
      problem: { code: 'url-not-found' },
    });
    expect((await app.request('POST', '/documents:fetch', { url: 'file:///etc/passwd' })).body).toMatchObject(
      { code: 'url-invalid' },
    );
  });

  test('does not reach into the private network', async () => {
    const { body } = await app.request('POST', '/documents:fetch', { url: 'http://10.0.0.1/' });
    await app.runJobs();
    expect((await read(body.document.id)).state).toBe('failed');
  });
});
