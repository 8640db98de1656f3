import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { addPerson } from '#testing/people.ts';

let app: TestApp;
let technology: string;

beforeAll(async () => {
  app = await startTestApp();
  const body = { name: 'Deno', kind: 'library', quadrant: 'libraries' };
  const created = await app.request('POST', '/technologies', body);
  technology = created.body.id;
  await app.request('POST', `/technologies/${technology}/moves`, {
    toRing: 'trial',
    reason: 'We want to know.',
  });
});
afterAll(() => app.close());

const list = async (query = '') => (await app.request('GET', `/activity${query}`)).body;

describe('the activity log', () => {
  test('tells who did what, from where, and what was before and after', async () => {
    const { items } = await list('?action=radar.move');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      actor: { kind: 'user', name: 'Owner', address: expect.stringContaining('127.0.0.1') },
      subjectId: technology,
      before: { ring: null },
      after: { ring: 'trial' },
    });
  });

  test('is filtered by actor, action, feature, subject and time, and read in pages', async () => {
    const all = (await list('?limit=200')).items;
    expect(all.length).toBeGreaterThan(1);
    const pages: { id: string }[] = [];
    for (let cursor = ''; ; ) {
      const page = await list(`?limit=1${cursor}`);
      pages.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(pages.map(({ id }) => id)).toEqual(all.map(({ id }: { id: string }) => id));
    const radar = (await list('?action=radar')).items;
    expect(radar.every(({ action }: { action: string }) => action.startsWith('radar.'))).toBe(true);
    expect(radar.length).toBeGreaterThan(0);
    expect((await list('?action=rada')).items).toEqual([]);
    expect((await list(`?subject=${technology}`)).items.length).toBeGreaterThanOrEqual(2);
    expect((await list('?actor=nobody')).items).toEqual([]);
    expect((await list('?to=2000-01-01T00:00:00Z')).items).toEqual([]);
    expect((await app.request('GET', '/activity?cursor=%25')).status).toBe(400);
  });

  test('is exported whole as JSON lines, by an owner only', async () => {
    await app.context.transaction((tx) =>
      tx.execute(sql`insert into activity (id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id)
        select gen_random_uuid(), now() - n * interval '1 second', 'system', 's', 'S', 'test.many', 'test', n::text
        from generate_series(1, 1200) n`),
    );
    const exported = await fetch(`${app.url}/api/v1/activity/export?action=test`, {
      headers: { authorization: `Bearer ${app.token}` },
    });
    const { headers } = exported;
    const body = await exported.text();
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    const lines = String(body)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { subjectId: string });
    expect(new Set(lines.map(({ subjectId }) => subjectId)).size).toBe(1200);
    const editor = await addPerson(app, 'editor');
    expect((await editor.request('GET', '/activity/export')).status).toBe(403);
    expect((await editor.request('GET', '/activity')).status).toBe(200);
  });

  test('of the installation is for who looks after it', async () => {
    const person = await addPerson(app, 'owner');
    expect((await person.request('GET', '/installation/activity')).status).toBe(403);
    const { body } = await app.request('GET', '/installation/activity?limit=200');
    const actions = body.items.map(({ action }: { action: string }) => action);
    expect(actions).toContain('identity.signIn');
    expect((await list('?action=identity.signIn')).items).toEqual([]);
  });

  test('cannot be changed: there is no way through the API, and the roles of the product may not', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { items } = await list('?limit=1');
      expect((await app.request(method, '/activity', {})).status).toBe(404);
      expect((await app.request(method, `/activity/${items[0].id}`, {})).status).toBe(404);
    }
    for (const statement of [
      "update activity set action = 'forged'",
      'delete from activity',
      'truncate activity',
    ]) {
      const change = sql.raw(statement);
      await expect(app.context.transaction((tx) => tx.execute(change))).rejects.toMatchObject({
        cause: { code: '42501' },
      });
      await expect(app.platform.database.identityTransaction((tx) => tx.execute(change))).rejects.toThrow();
    }
    const { items } = await list('?limit=200');
    expect(items.length).toBeGreaterThan(1);
    expect(items.every(({ action }: { action: string }) => action !== 'forged')).toBe(true);
  });
});
