import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Client, connect } from './client.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A client of a server that answers the first so many requests as told, and the others well. */
async function clientOf(refusals: number, refuse: (response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.method ?? '');
    response.setHeader('content-type', 'application/json');
    if (asked.length <= refusals) return refuse(response);
    return void response.end('{"well":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client: Client = await connect({ COMMANDCENTER_URL: url, COMMANDCENTER_TOKEN: 't' });
  return { client, asked };
}

const overloaded = (response: ServerResponse): void =>
  void response.writeHead(503, { 'retry-after': '0' }).end('{"code":"overloaded","title":"Too much to do."}');

test('a read that is refused for a while is sent again when the server says so', async () => {
  const { client, asked } = await clientOf(2, overloaded);
  expect(await client.request('GET', '/radar')).toEqual({ well: true });
  expect(asked).toEqual(['GET', 'GET', 'GET']);
});

test('after four tries the refusal is told', async () => {
  const { client, asked } = await clientOf(9, overloaded);
  await expect(client.text('/radar')).rejects.toMatchObject({ code: 'overloaded', status: 503 });
  expect(asked).toHaveLength(4);
});

test('a change is sent once, and so is a read that nobody says would go better later', async () => {
  const change = await clientOf(1, overloaded);
  await expect(change.client.request('POST', '/technologies', {})).rejects.toMatchObject({ status: 503 });
  expect(change.asked).toEqual(['POST']);
  const broken = await clientOf(1, (response) => void response.writeHead(500).end('{}'));
  await expect(broken.client.request('GET', '/radar')).rejects.toMatchObject({ status: 500 });
  const silent = await clientOf(1, (response) => void response.writeHead(503).end('{}'));
  await expect(silent.client.request('GET', '/radar')).rejects.toMatchObject({ status: 503 });
  expect([broken.asked, silent.asked]).toEqual([['GET'], ['GET']]);
});
