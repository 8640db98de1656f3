import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';
import {
  DATABASE,
  findPostgres,
  hasRedis,
  type Installation,
  install,
  type People,
  type ProductProcess,
  partOf,
  signIn,
  told,
  until,
} from './installation.ts';

/** What follows the tracking of a repository, and the upload of a document. */
const AFTER_TRACKING = [
  'repositories.sync',
  'evidence.scan',
  'evidence.walkHistory',
  'radar.reviewDetections',
  'knowledge.ingestRepository',
  'knowledge.updateIndex',
];
const AFTER_UPLOAD = ['knowledge.ingestUpload'];
/** Jobs too short to be met by chance are held up at a table that they read. */
const HELD_AT: Record<string, string> = { 'radar.reviewDetections': 'radar_settings' };
const LOOK_MS = 2;
const TRIES = 4;
/** Longer than it takes until a job that a killed worker had just been handed is taken over. */
const SEEN_WITHIN_MS = 75_000;
const TAKEN_OVER_WITHIN_MS = 90_000;

// Skipped where PostgreSQL or Redis are not installed; CI has them.
describe.skipIf(!findPostgres() || !hasRedis())('a worker that is killed', () => {
  let installation: Installation;
  let server: ProductProcess;
  let people: People;
  let database: pg.Client;
  const repositories: TestRepository[] = [];

  beforeAll(async () => {
    installation = await install();
    server = await installation.serve();
    people = await signIn(installation, server);
    database = new pg.Client({ connectionString: installation.postgres.url(DATABASE) });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await installation?.close();
    for (const repository of repositories) await repository.remove();
  });

  const query = async (text: string, values?: unknown[]): Promise<Record<string, unknown>[]> =>
    (await database.query(text, values)).rows;
  const send = async (path: string, body: string | FormData): Promise<void> => {
    const json = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    const headers = { authorization: `Bearer ${people.token}`, ...json };
    const answer = await fetch(`${server.url}/api/v1${path}`, { method: 'POST', headers, body });
    expect(answer.ok, await answer.clone().text()).toBe(true);
  };
  /** A repository in which each kind of job finds something to do. */
  async function track(): Promise<void> {
    const repository = await createTestRepository();
    repositories.push(repository);
    for (const version of ['8.10.0', '8.11.0']) {
      const manifest = { name: 'shop', dependencies: { pg: `^${version}` } };
      await repository.commit({ 'package.json': JSON.stringify(manifest, null, 2) });
    }
    const pages = Array.from({ length: 30 }, (_, n) => [
      `docs/${n}.md`,
      `# Page ${n}\n\nWords about ostriches.\n`,
    ]);
    await repository.commit(Object.fromEntries(pages) as Record<string, string>);
    await send('/repositories', JSON.stringify({ location: repository.directory }));
  }
  async function upload(name: string): Promise<void> {
    const form = new FormData();
    form.append(
      'file',
      new Blob([`# ${name}\n\nAn ostrich came by post.\n`], { type: 'text/markdown' }),
      name,
    );
    await send('/documents', form);
  }

  /** Kills a worker in the moment in which it is seen to run such a job; whether the job was hit. */
  async function killDuring(kind: string, begin: () => Promise<void>): Promise<boolean> {
    // No worker lives now: what runs was being done by one that was killed.
    if ((await running(kind)).length > 0) return true;
    const worker = await installation.work();
    const seen = new Set((await running(kind)).map(String));
    const table = HELD_AT[kind];
    if (table) await query(`begin; lock table ${table}`);
    await begin();
    let hit: string | undefined;
    const look = async (): Promise<boolean> => {
      hit = (await running(kind)).find((id) => !seen.has(id));
      return hit !== undefined;
    };
    for (const end = Date.now() + SEEN_WITHIN_MS; !(await look()); await sleep(LOOK_MS)) {
      if (Date.now() > end) break;
    }
    await worker.kill();
    if (table) await query('rollback');
    return (await running(kind)).some((id) => id === hit);
  }
  const running = async (kind: string): Promise<string[]> =>
    (await query("select id from jobs where kind = $1 and state = 'running'", [kind])).map(({ id }) =>
      String(id),
    );

  test('in each kind of job: it is told, another one finishes it, and nothing is there twice', async () => {
    const jobs = [
      ...AFTER_TRACKING.map((kind) => ({ kind, begin: track })),
      ...AFTER_UPLOAD.map((kind) => ({ kind, begin: () => upload(`${kind}.md`) })),
    ];
    const missed: string[] = [];
    for (const { kind, begin } of jobs) {
      let isHit = false;
      for (let attempt = 0; attempt < TRIES && !isHit; attempt++) isHit = await killDuring(kind, begin);
      if (!isHit) missed.push(kind);
    }
    expect(missed).toEqual([]);
    await told('a worker is lost', server, (health) => partOf(health, 'jobs')?.status === 'degraded');

    await installation.work();
    const unfinished = "select kind, state from jobs where state in ('queued', 'running')";
    await until(
      'every job has ended',
      async () => (await query(unfinished)).length === 0,
      server,
      TAKEN_OVER_WITHIN_MS,
    );
    expect(await query("select kind, problem from jobs where state = 'failed'")).toEqual([]);
    // An equal job that waited does the work of one that was killed.
    const again = await query(
      "select distinct kind from jobs where attempt > 1 or problem->>'code' = 'superseded'",
    );
    expect(again.map(({ kind }) => kind)).toEqual(expect.arrayContaining(jobs.map(({ kind }) => kind)));
    await expectWholeAndOnce();
  }, 900_000);

  /** Each repository is read to its end, and what the tables do not keep apart themselves is there once. */
  async function expectWholeAndOnce(): Promise<void> {
    const tracked = repositories.length;
    expect(await query("select count(*)::int as n from repositories where state = 'ready'")).toEqual([
      { n: tracked },
    ]);
    expect(await query("select count(*)::int as n from detections where package_name = 'pg'")).toEqual([
      { n: tracked },
    ]);
    const changes = `select repository_id, commit, technology_slug, count(*)::int as n
      from technology_history group by 1, 2, 3 having count(*) > 1`;
    expect(await query(changes)).toEqual([]);
    const [row] = await query(
      "select count(*)::int as n from documents where gone_at is null and external_id like 'docs/%'",
    );
    expect(row).toEqual({ n: tracked * 30 });
    const answer = await fetch(`${server.url}/api/v1/search?q=ostriches&limit=50`, {
      headers: { authorization: `Bearer ${people.token}` },
    });
    const { items } = (await answer.json()) as { items: { documentId: string }[] };
    expect(items.length).toBeGreaterThan(10);
    expect(new Set(items.map(({ documentId }) => documentId)).size).toBe(items.length);
  }
});
