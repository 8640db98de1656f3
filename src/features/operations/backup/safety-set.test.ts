import { generateX25519Identity } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Config } from '#platform/config/index.ts';
import { onServer, startTestApp, type TestApp } from '#testing/index.ts';
import { createSet, findSet, listSets } from './index.ts';
import { makeSafetySet } from './safety-set.ts';
import { toRoundSets } from './schedule-parts.ts';
import { backupFolder } from './set-folder.ts';

let app: TestApp;
let config: Config;

beforeAll(async () => {
  app = await startTestApp(onServer ? { env: { BACKUP_IDENTITY: await generateX25519Identity() } } : {});
  config = app.platform.config;
});
afterAll(() => app.close());

const input = () => ({ config, version: '1.0.0', takeSnapshot: () => app.platform.database.snapshot() });
const save = async (keep?: string): Promise<string> =>
  (await makeSafetySet({ ...input(), madeBefore: 'restore', ...(keep ? { keep } : {}) })).name;
const names = async (): Promise<string[]> => (await listSets(backupFolder(config))).map(({ name }) => name);
/** Names tell seconds apart. */
async function nextSecond(): Promise<void> {
  const { rows } = await app.platform.database.ownerQuery('select extract(second from now())::int as second');
  for (;;) {
    const now = await app.platform.database.ownerQuery('select extract(second from now())::int as second');
    if (now.rows[0]?.['second'] !== rows[0]?.['second']) return;
  }
}

test('the newest three are kept, beside the one that is being restored and all others', async () => {
  const { name: ordinary } = await createSet(input());
  const saved: string[] = [];
  for (let n = 0; n < 5; n++) {
    await nextSecond();
    saved.push(await save(saved[0]));
  }
  expect(await names()).toEqual([ordinary, saved[0], ...saved.slice(2)]);
  await nextSecond();
  saved.push(await save());
  expect(await names()).toEqual([ordinary, ...saved.slice(3)]);
});

test('retention does not see them, and nobody gets one without naming it', async () => {
  const folder = backupFolder(config);
  const sets = await listSets(folder);
  expect(sets.filter(({ madeBefore }) => madeBefore === 'restore')).toHaveLength(3);
  expect(toRoundSets(sets, folder)).toHaveLength(1);
  expect(await findSet(folder)).toContain(sets.find(({ madeBefore }) => madeBefore === null)?.name);
  const name = sets.at(-1)?.name ?? '';
  expect(await findSet(folder, name)).toContain(name);
});
