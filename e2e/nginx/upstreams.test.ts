import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../src/testing/postgres-server.ts';
import { until } from '../faults/installation.ts';
import { ask } from './ask.ts';
import { type Edge, hasNginx, startEdge } from './edge.ts';
import { type Answer, echo, type FakeUpstream, startFake } from './fake-upstream.ts';

const toClose: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of toClose.splice(0).reverse()) await part.close();
});

async function fake(answer: Answer): Promise<FakeUpstream> {
  const upstream = await startFake(answer);
  toClose.push(upstream);
  return upstream;
}

async function edgeTo(addresses: string[]): Promise<Edge> {
  const edge = await startEdge({
    nginx: { tls: false, files: 'local', limits: false },
    upstreams: { api: addresses },
  });
  toClose.push(edge);
  return edge;
}

/** Takes a request and dies over it. */
const breaking: Answer = (incoming) => {
  incoming.on('data', () => {});
  incoming.on('end', () => incoming.socket.destroy());
};

const idsOf = ({ seen }: FakeUpstream): string[] =>
  seen.map(({ headers }) => String(headers['x-request-id']));

describe.skipIf(!hasNginx())('two servers of the API, one of which dies over what it is asked', () => {
  test('what changes nothing is asked again at the other one: nobody notices', async () => {
    const dead = await fake(breaking);
    const alive = await fake(echo('alive'));
    const edge = await edgeTo([dead.address, alive.address]);
    for (let n = 0; n < 20; n++) {
      const answer = await ask(`${edge.url}/api/v1/radar`, { headers: { 'x-request-id': `reading-${n}` } });
      expect(answer.json()).toMatchObject({ name: 'alive' });
    }
    const both = idsOf(dead).filter((id) => idsOf(alive).includes(id));
    expect(both.length).toBeGreaterThan(0);
    // Who fails is left alone for some seconds, instead of making every request slow.
    expect(dead.seen.length).toBeLessThan(20);
  });

  test.each(['POST', 'PATCH'])('a %s is never sent twice: its caller is told', async (method) => {
    const dead = await fake(breaking);
    const alive = await fake(echo('alive'));
    const edge = await edgeTo([dead.address, alive.address]);
    const statuses: number[] = [];
    for (let n = 0; n < 20; n++) {
      const answer = await ask(`${edge.url}/api/v1/things`, {
        method,
        body: '{}',
        headers: { 'x-request-id': `change-${n}`, 'content-type': 'application/json' },
      });
      statuses.push(answer.status);
    }
    expect(dead.seen.length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 502)).toHaveLength(dead.seen.length);
    const all = [...idsOf(dead), ...idsOf(alive)];
    expect(all).toHaveLength(20);
    expect(new Set(all).size).toBe(20);
  });

  test('a POST that could not be sent at all goes to the other one', async () => {
    const alive = await fake(echo('alive'));
    const edge = await edgeTo([`127.0.0.1:${await freePort()}`, alive.address]);
    for (let n = 0; n < 10; n++) {
      const answer = await ask(`${edge.url}/api/v1/things`, { method: 'POST', body: '{}' });
      expect(answer.status).toBe(200);
    }
    expect(alive.seen).toHaveLength(10);
  });

  test('a server that is busy gets less than one that is not', async () => {
    const waiting: (() => void)[] = [];
    const slow = await fake((incoming, response) => {
      waiting.push(() => echo('slow')(incoming, response));
    });
    const quick = await fake(echo('quick'));
    const edge = await edgeTo([slow.address, quick.address]);
    const pending: Promise<unknown>[] = [];
    // Until the slow one has something to do.
    while (waiting.length === 0) {
      pending.push(ask(`${edge.url}/api/v1/radar`));
      await until('it is taken', async () => slow.seen.length + quick.seen.length === pending.length);
    }
    for (let n = 0; n < 10; n++) {
      expect((await ask(`${edge.url}/api/v1/radar`)).json()).toMatchObject({ name: 'quick' });
    }
    expect(slow.seen).toHaveLength(1);
    for (const answer of waiting) answer();
    await Promise.all(pending);
  });
});

describe.skipIf(!hasNginx())('what takes its time', () => {
  test.each(['/api/v1/jobs/0198/events', '/api/v1/ask'])(
    'an event of %s arrives when it is sent',
    async (path) => {
      let sendMore = (): void => {};
      const api = await fake((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: first\n\n');
        sendMore = () => response.end('data: second\n\n');
      });
      const edge = await edgeTo([api.address]);
      const asking = request(`${edge.url}${path}`, { headers: { 'accept-encoding': 'gzip, br' } });
      asking.end();
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      answer.setEncoding('utf8');
      const [first] = await once(answer, 'data');
      // Had it waited for the second one, which nobody has sent, this would never be reached.
      expect(first).toBe('data: first\n\n');
      sendMore();
      const [second] = await once(answer, 'data');
      expect(second).toBe('data: second\n\n');
    },
  );

  test('an upload reaches the API while it is sent', async () => {
    const arrived: string[] = [];
    const api = await fake((incoming, response) => {
      incoming.setEncoding('utf8');
      incoming.on('data', (piece: string) => arrived.push(piece));
      incoming.on('end', () => response.end('done'));
    });
    const edge = await edgeTo([api.address]);
    for (const headers of [{ 'transfer-encoding': 'chunked' }, { 'content-length': '11' }]) {
      arrived.length = 0;
      const sending = request(`${edge.url}/api/v1/documents`, { method: 'POST', headers });
      sending.write('begin ');
      await until('its beginning has arrived', async () => arrived.join('') === 'begin ');
      sending.end('ended');
      const [answer] = (await once(sending, 'response')) as [IncomingMessage];
      answer.resume();
      expect(answer.statusCode).toBe(200);
      expect(arrived.join('')).toBe('begin ended');
    }
  });
});

describe.skipIf(!hasNginx())('a reload', () => {
  test('moves the traffic to other servers, and no request fails over it', async () => {
    const before = await fake(echo('before'));
    const after = await fake(echo('after'));
    const edge = await edgeTo([before.address]);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    let stop = false;
    const failures: unknown[] = [];
    const names = new Set<string>();
    const read = async (own: Agent | undefined): Promise<void> => {
      while (!stop) {
        const answer = await askAsBrowsersDo(`${edge.url}/api/v1/radar`, own);
        if (answer.status === 200) names.add(answer.name);
        else failures.push(answer);
      }
    };
    const readers = [...Array.from({ length: 4 }, () => read(agent)), read(undefined), read(undefined)];
    for (const readersEnd of readers) readersEnd.catch((error: unknown) => failures.push(error));
    for (let round = 0; round < 5; round++) {
      const target = round % 2 === 0 ? after : before;
      await edge.writeUpstreams({ api: [target.address] });
      const seen = target.seen.length;
      await edge.reload();
      await until('the traffic has moved', async () => target.seen.length > seen + 20);
    }
    stop = true;
    await Promise.all(readers);
    agent.destroy();
    expect(failures).toEqual([]);
    expect(names).toEqual(new Set(['before', 'after']));
    expect(before.seen.length + after.seen.length).toBeGreaterThan(100);
  });

  test('lets a stream and an upload that are under way come to their end', async () => {
    let end = (): void => {};
    const api = await fake((incoming, response) => {
      if (incoming.method === 'POST' || incoming.url?.endsWith('radar'))
        return echo('api')(incoming, response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      end = () => response.end('data: last\n\n');
    });
    const edge = await edgeTo([api.address]);
    const asking = request(`${edge.url}/api/v1/jobs/0198/events`);
    asking.end();
    const [stream] = (await once(asking, 'response')) as [IncomingMessage];
    stream.setEncoding('utf8');
    await once(stream, 'data');
    const sending = request(`${edge.url}/api/v1/documents`, { method: 'POST' });
    sending.write('begin ');
    await until('the upload has begun', async () => api.seen.some(({ method }) => method === 'POST'));
    await edge.writeUpstreams({ api: [`127.0.0.1:${await freePort()}`] });
    await edge.reload();
    await until(
      'the new one is in force',
      async () => (await ask(`${edge.url}/api/v1/radar`)).status === 502,
    );
    sending.end('ended');
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(200);
    end();
    const [last] = await once(stream, 'data');
    expect(last).toBe('data: last\n\n');
  });
});

/**
 * A kept connection can be closed in the moment when a request is sent on it, and nginx closes those that are idle
 * when it loads its configuration again. RFC 9112 (9.3.1) has callers repeat what changes nothing then, as browsers
 * do. A request on a new connection is not repeated.
 */
async function askAsBrowsersDo(
  url: string,
  agent: Agent | undefined,
): Promise<{ status: number; name: string }> {
  for (;;) {
    const asking = request(url, agent ? { agent } : { agent: false });
    let wasUsed = false;
    asking.on('socket', ({ bytesWritten }) => {
      wasUsed = bytesWritten > 0;
    });
    // What comes after the answer has begun is told by the answer.
    asking.on('error', () => {});
    asking.end();
    try {
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      let text = '';
      for await (const piece of answer) text += String(piece);
      return {
        status: answer.statusCode ?? 0,
        name: answer.statusCode === 200 ? JSON.parse(text).name : text,
      };
    } catch (error) {
      const wasClosed = ['ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');
      if (!(wasUsed && wasClosed)) throw error;
    }
  }
}
