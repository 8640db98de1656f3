import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const create = (name: string, key: string) =>
  app.request(
    'POST',
    '/technologies',
    { name, kind: 'library', quadrant: 'libraries' },
    { 'idempotency-key': key },
  );
const countNamed = async (name: string): Promise<number> =>
  (await app.request('GET', `/technologies?q=${encodeURIComponent(name)}`)).body.items.length;

describe('a change with an Idempotency-Key', () => {
  test('that is repeated is made once, and answered as at first', async () => {
    const key = randomUUID();
    const first = await create('Once', key);
    const again = await create('Once', key);
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await countNamed('Once')).toBe(1);
  });

  test('that is sent many times at once is made once; the others are told to wait or get its answer', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => create('Parallel', key)));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    expect(await countNamed('Parallel')).toBe(1);
  });

  test('with the key of another request is refused', async () => {
    const key = randomUUID();
    await create('First', key);
    const other = await create('Second', key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    expect(await countNamed('Second')).toBe(0);
  });

  test('a key that is none is refused', async () => {
    expect((await create('Fine', '')).body.code).toBe('idempotency-key-invalid');
    expect((await create('Long', 'x'.repeat(300))).body.code).toBe('idempotency-key-invalid');
  });
});
