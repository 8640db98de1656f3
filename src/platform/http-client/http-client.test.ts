import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient, isPublicAddress, type Resolve } from './index.ts';

const opened: { server?: Server; client?: HttpClient }[] = [];

afterEach(async () => {
  for (const { server, client } of opened.splice(0)) {
    await client?.close();
    server?.closeAllConnections();
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
  }
});

async function serve(listener: RequestListener): Promise<{ port: number; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  opened.push({ server });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

function client(allowHosts: string[] = ['127.0.0.1'], resolve?: Resolve): HttpClient {
  const made = createHttpClient(resolve ? { allowHosts, resolve } : { allowHosts });
  opened.push({ client: made });
  return made;
}

describe('addresses', () => {
  test.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12::1',
    'fec0::1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    'fd00:ec2::254',
    'not an address',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('what is refused', () => {
  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://10.0.0.1:8080/',
    'http://0/',
    'http://127.1/',
  ])('%s', async (url) => {
    await expect(client([]).fetch(url)).rejects.toMatchObject({ code: 'address-not-allowed', status: 400 });
  });

  test.each([
    'ftp://example.org/x',
    'file:///etc/passwd',
    'no url',
    'http://user:secret@example.org/',
    'javascript:alert(1)',
  ])('%s as no URL to fetch', async (url) => {
    await expect(client().fetch(url)).rejects.toMatchObject({ code: 'url-invalid', status: 400 });
  });

  test('a name with a private address among its addresses', async () => {
    const resolve: Resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '10.0.0.7', family: 4 },
    ];
    await expect(client([], resolve).fetch('http://two-faced.example/')).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
  });

  test('a name that is rebound to loopback between two connections', async () => {
    const { port } = await serve((_request, response) => response.end('secret'));
    let asked = 0;
    const resolve: Resolve = async () => {
      asked++;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    await expect(client([], resolve).fetch(`http://rebound.example:${port}/`)).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
    expect(asked).toBe(1);
  });

  test('a redirect to a private address', async () => {
    const { url } = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
    );
    await expect(client().fetch(url)).rejects.toMatchObject({ code: 'address-not-allowed' });
  });

  test('a redirect to another scheme', async () => {
    const { url } = await serve((_request, response) =>
      response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    );
    await expect(client().fetch(url)).rejects.toMatchObject({ code: 'url-invalid' });
  });
});

describe('an exchange', () => {
  test('follows redirects and says where it ended', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(301, { location: '/new' }).end();
      else response.writeHead(200, { 'content-type': 'text/plain' }).end('here');
    });
    const response = await client().fetch(`${url}/old`);
    expect(response).toMatchObject({
      status: 200,
      url: `${url}/new`,
      headers: { 'content-type': 'text/plain' },
    });
    expect(response.body.toString()).toBe('here');
  });

  test('stops after too many redirects', async () => {
    const { url } = await serve((_request, response) =>
      response.writeHead(302, { location: '/again' }).end(),
    );
    await expect(client().fetch(url, { maxRedirects: 3 })).rejects.toMatchObject({
      code: 'too-many-redirects',
    });
  });

  test('does not send credentials to another origin', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    const { url } = await serve((_request, response) =>
      response.writeHead(302, { location: other.url }).end(),
    );
    await client().fetch(url, { headers: { Authorization: 'Bearer secret' } });
    expect(seen).toEqual([undefined]);
  });

  test('is bounded in size, whatever the server announces', async () => {
    const { url } = await serve((_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const write = (): boolean => response.write(piece) && !response.destroyed && write();
      response.on('drain', write);
      write();
    });
    await expect(client().fetch(url, { maxBytes: 1_000_000 })).rejects.toMatchObject({
      code: 'response-too-large',
      status: 413,
    });
  });

  test('is bounded in time, also when bytes trickle', async () => {
    const { url } = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(client().fetch(url, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'fetch-timeout',
      status: 504,
    });
  });

  test('ends when the caller goes away', async () => {
    const { url } = await serve(() => undefined);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    await expect(client().fetch(url, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('is tried again after a passing failure, a POST is not', async () => {
    let calls = 0;
    const { url } = await serve((request, response) => {
      calls++;
      if (calls === 1) request.socket.destroy();
      else if (calls === 2) response.writeHead(503).end();
      else response.end('third');
    });
    expect((await client().fetch(url)).body.toString()).toBe('third');
    expect(calls).toBe(3);
    calls = 0;
    await expect(client().fetch(url, { method: 'POST', body: 'x' })).rejects.toMatchObject({
      code: 'fetch-failed',
      status: 502,
    });
    expect(calls).toBe(1);
  });

  test('gives up after a bounded number of attempts with the last answer', async () => {
    let calls = 0;
    const { url } = await serve((_request, response) => {
      calls++;
      response.writeHead(503).end();
    });
    expect((await client().fetch(url, { retries: 1 })).status).toBe(503);
    expect(calls).toBe(2);
  });

  test('explains a closed port and an unknown host', async () => {
    const { port } = await serve(() => undefined);
    const { server } = opened.shift() ?? {};
    await new Promise((done) => server?.close(done));
    await expect(client().fetch(`http://127.0.0.1:${port}/`, { retries: 0 })).rejects.toMatchObject({
      code: 'fetch-failed',
    });
    const resolve: Resolve = async () =>
      Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    await expect(client([], resolve).fetch('http://nowhere.example/')).rejects.toMatchObject({
      code: 'host-not-found',
      status: 502,
    });
  });
});
