import { createTestRepository } from './git-repository.ts';
import type { TestApp } from './index.ts';
import { addPerson, type TestPerson } from './people.ts';

/** Stands wherever the planted project has text, and is a word that may be searched for. */
export const WORD = 'zqplanted';
/** Stands beside the word, and is never sent: whoever gets it has read the planted project. */
export const MARK = 'zqsecret';
const BOTH = `${WORD} ${MARK}`;
const NAME = `${WORD}-${MARK}`;
/** A technology of the planted project, by the name that addresses use. */
export const HANDLE = 'zqhandle';

const AT = '2026-01-01T00:00:00.000Z';
const PROBLEM = { code: NAME, message: BOTH, at: AT };
/** What is put into columns of JSON, in the shape that the product writes there. */
const SAMPLES: Record<string, object> = {
  before: { name: BOTH },
  after: { name: BOTH },
  input: { name: BOTH },
  result: { name: BOTH },
  progress: { phase: BOTH },
  problem: PROBLEM,
  problems: [{ ...PROBLEM, path: NAME }],
  headings: [{ title: BOTH, level: 1, start: 0, line: 1 }],
  links: [{ title: BOTH, url: `https://example.com/${NAME}` }],
  languages: [{ name: BOTH, bytes: 1, files: 1, color: null, largestPath: NAME }],
  branches: [{ name: NAME, commit: NAME, committedAt: AT }],
  contributors: [{ name: BOTH, email: NAME, commits: 1, firstAt: AT, lastAt: AT }],
};

/** What was decided can't be rewritten; people have decided it with the mark. */
const WRITTEN_ONCE = 'moves';

/** Columns with a value out of a short list, of a key, or of what requests name. */
const FIXED =
  /(^|_)(state|kind|slug|scope|verdict|role|source|change|ring|quadrant|location_key|file_key|gone_reason|content_type)$/;

export interface PlantedProject {
  id: string;
  slug: string;
  /** A member of this project only. */
  person: TestPerson;
  /** Every id of a row of the project, by table. */
  ids: Record<string, string[]>;
  /** Columns that could hold text of people but have not got the mark. */
  unmarked: string[];
}

/** Fills the default project: first as people would, then every text that is left. */
export async function plantProject(app: TestApp): Promise<PlantedProject> {
  await fill(app);
  const session = (await app.request('GET', '/session')).body;
  const person = await addPerson(app, 'owner', { email: `${NAME}@example.com` });
  await person.request('POST', '/tokens', { name: BOTH, scope: 'write' });
  await app.request('POST', '/invitations', { email: `${NAME}-invited@example.com`, role: 'viewer' });
  const { id, slug } = session.project;
  await app.request('PATCH', `/projects/${id}`, { name: BOTH });
  const unmarked = await markEverything(app, id);
  return { id, slug, person, ids: await idsOf(app, id, person.id), unmarked };
}

async function fill(app: TestApp): Promise<void> {
  const expectOk = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await app.request(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const source = await createTestRepository({ name: NAME });
  try {
    const manifest = (version: string) =>
      JSON.stringify({ name: NAME, dependencies: { react: '^18.0.0', [NAME]: version } });
    await source.commit({ [`${NAME}/package.json`]: manifest('1.0.0') }, { message: BOTH });
    await source.commit({
      [`${NAME}/package.json`]: manifest('2.0.0'),
      'README.md': `# ${BOTH}\n\n${BOTH}.\n`,
    });
    const location = source.directory;
    await expectOk('POST', '/repositories', { location, name: BOTH, syncEveryMinutes: 10_080 });
    await app.runJobs();
  } finally {
    await source.remove();
  }
  const [repository] = (await expectOk('GET', '/repositories')).items;
  const [detection] = (await expectOk('GET', '/detections')).items;
  await expectOk('PATCH', `/detections/${detection.id}`, { verdict: 'right', reason: BOTH });
  await expectOk('POST', '/ignored-paths', { pattern: `${NAME}/nothing/`, repositoryId: repository.id });
  await expectOk('POST', '/technology-pins', {
    ecosystem: 'npm',
    packageName: `${NAME}-pinned`,
    technology: HANDLE,
    technologyName: BOTH,
  });
  const text = `# ${BOTH}\n\nThe backups of ${BOTH} are made every night.`;
  const { items } = await expectOk('POST', '/documents:batch', {
    documents: [{ externalId: NAME, title: BOTH, text, uri: `https://example.com/${NAME}` }],
  });
  await expectOk('POST', '/technologies', {
    name: BOTH,
    slug: HANDLE,
    description: BOTH,
    owner: BOTH,
    tags: [NAME],
    links: [{ title: BOTH, url: `https://example.com/${NAME}` }],
  });
  const citation = { documentId: items[0].documentId, start: 2, end: 2 + BOTH.length, quote: BOTH };
  await expectOk('POST', `/technologies/${HANDLE}/moves`, {
    toRing: 'hold',
    reason: BOTH,
    citations: [citation],
  });
  const settings = await expectOk('GET', '/radar/settings');
  const [first, ...others] = settings.quadrants;
  await expectOk('PUT', '/radar/settings', { quadrants: [{ ...first, name: BOTH }, ...others] });
  await app.runJobs();
}

/** Tables whose rows belong to a project. */
async function projectTables(app: TestApp): Promise<string[]> {
  const { rows } = await app.platform.database.ownerQuery(
    `select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.column_name = 'project_id' and t.table_type = 'BASE TABLE' order by 1`,
  );
  return rows.map(({ name }) => String(name));
}

/** Puts the mark into every text of the project that doesn't have it, so that no column is left out by mistake. */
async function markEverything(app: TestApp, project: string): Promise<string[]> {
  const { database } = app.platform;
  const { rows } = await database.ownerQuery(
    `select table_name, column_name, udt_name from information_schema.columns
     where table_schema = 'public' and table_name = any($1) and udt_name in ('text', '_text', 'jsonb') order by 1, 2`,
    [await projectTables(app)],
  );
  const unmarked: string[] = [];
  for (const { table_name: table, column_name: column, udt_name: type } of rows) {
    const name = `${String(table)}.${String(column)}`;
    const where = `where project_id = '${project}' and coalesce("${column}"::text, '') not like '%${MARK}%'`;
    if (FIXED.test(String(column))) continue;
    const mark = marked(String(column), String(type));
    if (mark !== undefined && table !== WRITTEN_ONCE) {
      await database.ownerQuery(`update "${table}" set "${column}" = ${mark} ${where}`);
    }
    const left = await database.ownerQuery(`select 1 from "${table}" ${where} limit 1`);
    if (left.rows.length > 0) unmarked.push(name);
  }
  return unmarked;
}

/** The expression that marks a column; undefined for one with numbers only. */
function marked(column: string, type: string): string | undefined {
  if (type === 'text') return `coalesce("${column}", '') || ' ${BOTH}'`;
  if (type === '_text') return `array_append("${column}", '${NAME}')`;
  const sample = SAMPLES[column];
  if (sample === undefined) return undefined;
  const json = `'${JSON.stringify(sample)}'::jsonb`;
  return `case when jsonb_typeof("${column}") in ('object', 'array') then "${column}" || ${json} else ${json} end`;
}

async function idsOf(app: TestApp, project: string, person: string): Promise<Record<string, string[]>> {
  const { database } = app.platform;
  const ids: Record<string, string[]> = { projects: [project], members: [person], users: [person] };
  for (const table of await projectTables(app)) {
    const { rows } = await database.ownerQuery(
      `select to_jsonb(t) ->> 'id' as id from "${table}" t where project_id = $1 limit 30`,
      [project],
    );
    const found = rows.flatMap(({ id }) => (id === null ? [] : [String(id)]));
    if (found.length > 0) ids[table.replaceAll('_', '-')] = found;
  }
  const sessions = await database.ownerQuery('select id from sessions where user_id = $1', [person]);
  ids['sessions'] = sessions.rows.map(({ id }) => String(id));
  return ids;
}

/** A fingerprint of everything that belongs to the project and to its person, by table. */
export async function fingerprint(
  app: TestApp,
  { id, person }: PlantedProject,
): Promise<Record<string, string>> {
  const of = async (table: string, column: string, value: string): Promise<[string, string]> => {
    const { rows } = await app.platform.database.ownerQuery(
      `select count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as print
       from "${table}" t where "${column}" = $1`,
      [value],
    );
    return [`${table} of ${column}`, String(rows[0]?.['print'])];
  };
  const prints = [
    of('projects', 'id', id),
    of('users', 'id', person.id),
    of('sessions', 'user_id', person.id),
  ];
  for (const table of await projectTables(app)) prints.push(of(table, 'project_id', id));
  return Object.fromEntries(await Promise.all(prints));
}

/** References from one project's rows to another's, which PostgreSQL checks without regard to who may see what. */
export async function crossReferences(app: TestApp): Promise<string[]> {
  const { database } = app.platform;
  const tables = new Set(await projectTables(app));
  const { rows } = await database.ownerQuery(
    `select conrelid::regclass::text as child, a.attname as key, confrelid::regclass::text as parent, p.attname as target
     from pg_constraint c
     join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     join pg_attribute p on p.attrelid = c.confrelid and p.attnum = c.confkey[1]
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace`,
  );
  const found: string[] = [];
  for (const { child, key, parent, target } of rows) {
    if (!tables.has(String(child)) || !tables.has(String(parent))) continue;
    const wrong = await database.ownerQuery(
      `select 1 from ${child} c join ${parent} p on c."${key}" = p."${target}" where c.project_id <> p.project_id limit 1`,
    );
    if (wrong.rows.length > 0) found.push(`${child}.${key} → ${parent}`);
  }
  return found;
}
