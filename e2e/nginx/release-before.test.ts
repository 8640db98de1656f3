import { afterEach, describe, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { type Edge, hasNginx, startEdge } from './edge.ts';
import { type Answer, type FakeUpstream, startFake } from './fake-upstream.ts';

const toClose: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of toClose.splice(0).reverse()) await part.close();
});

/** The web container of a release: it has its own files and no others. */
async function release(name: string): Promise<FakeUpstream> {
  const answer: Answer = ({ url }, response) => {
    const has = url === '/radar' || url === `/assets/${name}.js`;
    response.writeHead(has ? 200 : 404, { 'x-release': name }).end(name);
  };
  const upstream = await startFake(answer);
  toClose.push(upstream);
  return upstream;
}

async function edgeTo(now: FakeUpstream[], before: FakeUpstream): Promise<Edge> {
  const api = await release('api');
  const edge = await startEdge({
    nginx: { tls: false, files: 'proxy' },
    upstreams: {
      api: [api.address],
      web: now.map(({ address }) => address),
      webBefore: [before.address],
    },
  });
  toClose.push(edge);
  return edge;
}

describe.skipIf(!hasNginx())('after a deploy', () => {
  test('a page that was opened before it still gets its files, everything else comes from the new release', async () => {
    const before = await release('before');
    const edge = await edgeTo([await release('now'), await release('now')], before);
    for (let n = 0; n < 5; n++) {
      expect((await ask(`${edge.url}/assets/before.js`)).text).toBe('before');
      expect((await ask(`${edge.url}/assets/now.js`)).text).toBe('now');
      expect((await ask(`${edge.url}/radar`)).text).toBe('now');
    }
    expect(before.seen.every(({ url }) => url === '/assets/before.js')).toBe(true);
  });

  test('a file that neither has is a 404; that the release before has ended is not noticed by who asks for others', async () => {
    const before = await release('before');
    const edge = await edgeTo([await release('now')], before);
    expect((await ask(`${edge.url}/assets/none.js`)).status).toBe(404);
    await before.close();
    for (let n = 0; n < 3; n++) {
      expect((await ask(`${edge.url}/assets/now.js`)).status).toBe(200);
      expect((await ask(`${edge.url}/radar`)).text).toBe('now');
      // Whether the other one would have had it nobody knows.
      expect((await ask(`${edge.url}/assets/none.js`)).status).toBe(502);
    }
  });
});
