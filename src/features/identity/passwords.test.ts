import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

test('a password matches its own hash only, and no two hashes are the same', async () => {
  const stored = await hashPassword('correct horse battery');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await hashPassword('correct horse battery')).not.toBe(stored);
  expect(await verifyPassword('correct horse battery', stored)).toEqual({ matches: true, outdated: false });
  expect((await verifyPassword('correct horse batterz', stored)).matches).toBe(false);
});

test('a hash of another cost is still read, and said to be outdated', async () => {
  const costly = await hashPassword('pass word', { memory: 65_536, passes: 3, parallelism: 4 });
  expect(await verifyPassword('pass word', costly)).toEqual({ matches: true, outdated: true });
});

test('the same characters count as the same, however the keyboard composes them', async () => {
  const stored = await hashPassword('Z\u00fcrich is nice');
  expect((await verifyPassword('Zu\u0308rich is nice', stored)).matches).toBe(true);
});

test('a user without a password costs the same work as one with', async () => {
  const stored = await hashPassword('some password');
  const median = async (hash: string | null): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 7; round++) {
      const begin = performance.now();
      await verifyPassword('another password', hash);
      times.push(performance.now() - begin);
    }
    return times.sort((a, b) => a - b)[3] ?? 0;
  };
  const [known, unknown] = [await median(stored), await median(null)];
  expect(unknown).toBeGreaterThan(known / 3);
  expect(unknown).toBeLessThan(known * 3);
});

test('many at once are worked off two at a time and all answered', async () => {
  const stored = await hashPassword('some password');
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => verifyPassword(n % 2 ? 'some password' : 'other', stored)),
  );
  expect(answers.filter(({ matches }) => matches)).toHaveLength(6);
});
