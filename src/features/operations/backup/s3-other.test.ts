import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import type { OffSiteStore } from './off-site.ts';
import { openOffSite } from './off-site-open.ts';

const PROGRAM = 'moto_server';
const installed = spawnSync(PROGRAM, ['--help'], { stdio: 'ignore' }).status === 0;
const title = installed
  ? 'the S3 of moto'
  : 'the S3 of moto (skipped: moto_server is not installed; on Debian, apt-get install python3-moto)';
const signal = new AbortController().signal;

describe.skipIf(!installed)(title, { timeout: 120_000 }, () => {
  let server: ChildProcess;
  let endpoint: string;

  beforeAll(async () => {
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    server = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    for (const end = Date.now() + 90_000; ; await sleep(200)) {
      if (
        await fetch(endpoint).then(
          (answer) => answer.ok,
          () => false,
        )
      )
        break;
      if (Date.now() > end) throw new Error('moto_server did not begin to answer.');
    }
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    });
    await client.send(new CreateBucketCommand({ Bucket: 'plain' }));
    await client.send(new CreateBucketCommand({ Bucket: 'locked', ObjectLockEnabledForBucket: true }));
    client.destroy();
  }, 120_000);
  afterAll(() => void server?.kill());

  const open = async (bucket: string, more: Record<string, string> = {}): Promise<OffSiteStore> => {
    const config = loadConfig({
      BACKUP_OFFSITE: `s3://${bucket}/a`,
      BACKUP_S3_ENDPOINT: endpoint,
      BACKUP_S3_ACCESS_KEY: 'key',
      BACKUP_S3_SECRET_KEY: 'secret',
      ...more,
    });
    return (await openOffSite(config, { attempts: 2, pauseMs: 50 })) as OffSiteStore;
  };
  const put = (store: OffSiteStore, key: string, content: Buffer) =>
    store.put(
      {
        key,
        size: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        open: () => Readable.from([content]),
      },
      signal,
    );

  test('small and large objects are put, listed, fetched and removed', async () => {
    const store = await open('plain');
    const large = Buffer.alloc(20 * 1024 ** 2, 7);
    await put(store, 'one/small', Buffer.from('x'));
    await put(store, 'one/large', large);
    const listed = await store.list('one/', signal);
    expect(listed.map(({ key, size }) => [key, size]).sort()).toEqual([
      ['one/large', large.length],
      ['one/small', 1],
    ]);
    expect((await buffer(await store.get('one/large', signal))).equals(large)).toBe(true);
    expect(await store.remove('one/large', signal)).toBe('removed');
    expect(await store.list('one/', signal)).toHaveLength(1);
    store.close();
  });

  test('an object with a lock stays until its time', async () => {
    const store = await open('locked', { BACKUP_S3_LOCK: 'compliance' });
    await put(store, 'one/small', Buffer.from('x'));
    expect(await store.remove('one/small', signal)).toBe('locked');
    expect((await buffer(await store.get('one/small', signal))).toString()).toBe('x');
    store.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
