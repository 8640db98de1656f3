import { Agent } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '#platform/telemetry/index.ts';
import {
  type Offer,
  type Operation,
  readOperations,
  type ValueSchema,
  valuesOf,
} from '#testing/api-operations.ts';
import { addPerson, startTestApp, type TestApp } from '#testing/index.ts';
import { type RawAnswer, type RawRequest, sendRaw } from '#testing/send-raw.ts';

/** The same requests each time; FUZZ_SEED and FUZZ_RUNS look further. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_123);
const RUNS_PER_OPERATION = Number(process.env['FUZZ_RUNS'] ?? 40);
const SLOW_MS = 10_000;
const AT_ONCE = 4;

let app: TestApp;
let operations: Operation[];
let ids: Record<string, string[]>;
const errors: string[] = [];
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  const log = createLogger('error', { write: (line) => void errors.push(line) });
  app = await startTestApp({ log, env: { RATE_LIMIT_PER_MINUTE: '1000000' } });
  operations = readOperations((await app.request('GET', '/api/docs/json')).body);
  ids = await seed();
}, 120_000);
afterAll(async () => {
  agent.destroy();
  await app.close();
});

/** Something of each kind, so that hostile values meet rows and not only their absence. */
async function seed(): Promise<Record<string, string[]>> {
  await app.request('POST', '/repositories:sample');
  await app.request('POST', '/documents:batch', {
    documents: [1, 2, 3].map((n) => ({
      externalId: `d${n}`,
      text: `# Backups ${n}\n\nThey are made every night.`,
    })),
  });
  await app.request('POST', '/ignored-paths', { pattern: 'examples/' });
  await app.request('POST', '/technology-pins', {
    ecosystem: 'npm',
    packageName: 'left',
    technology: 'left',
  });
  await app.request('POST', '/tokens', { name: 'for fuzzing', scope: 'read' });
  await app.request('POST', '/invitations', { email: 'invited@example.com', role: 'viewer' });
  await addPerson(app, 'viewer');
  await addPerson(app, 'editor');
  await app.runJobs();
  const found: Record<string, string[]> = {};
  for (const list of ['repositories', 'detections', 'technologies', 'documents', 'jobs', 'ignored-paths']) {
    found[list] = idsIn(await app.request('GET', `/${list}`));
  }
  for (const list of ['technology-pins', 'tokens', 'invitations', 'users', 'members', 'scans']) {
    found[list] = idsIn(await app.request('GET', `/${list}`));
  }
  return found;
}

function idsIn({ body }: { body: { items: { id?: string; userId?: string }[] } }): string[] {
  return body.items.slice(0, 5).map(({ id, userId }) => id ?? userId ?? '');
}

const WIDE = fc.string({ unit: 'binary', maxLength: 40 });
const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfffy',
  '\ufeff',
  '\u202e',
  '%',
  '_%\\',
  '\\',
  "'; select 1 --",
  '"',
  '{}',
  '[]',
  'null',
  'NaN',
  'Infinity',
  '-infinity',
  'now',
  '../../etc/passwd',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '9223372036854775808',
  '-2147483649',
  '1e400',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '2026-12-31T23:59:60Z',
  '2026-02-30',
  '2026-02-28T12:00:00+99:99',
  '0000-01-01',
  '*/'.repeat(100),
  '('.repeat(300),
  '**/'.repeat(100),
  'x'.repeat(3_000),
  '😀'.repeat(150),
  'é́'.repeat(100),
];
const NUMBERS = [
  0,
  -0,
  -1,
  1.5,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  1e308,
  5e-324,
];
/** Stands for what is nested too deeply to be written out here as a value. */
const DEEP = '@deep@';
const NESTED = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const deep = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
const HOSTILE = fc.oneof(
  fc.constantFrom<unknown>(...TEXTS),
  WIDE,
  fc.constantFrom<unknown>(...NUMBERS),
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    [],
    {},
    [null],
    { toString: 1 },
    { $gt: '' },
    'x'.repeat(100_000),
  ),
  fc.constant(deep(50)),
  fc.jsonValue(),
);

const CURSORS = fc
  .oneof(
    fc.constantFrom<unknown>(null, {}, [], 0, -1, 1e99, 2 ** 53, '', 'x', true, [[]], { id: 1 }),
    fc.constantFrom<unknown>({ id: 'x', name: 'x' }, { id: null, at: null }, { at: 'x', id: 'y' }),
    fc.record({ id: fc.uuid(), name: WIDE, at: fc.constantFrom('x', '9999-12-31T23:59:60Z', '', '\u0000') }),
    fc.record({ id: WIDE, at: fc.constant('2026-01-01T00:00:00.000Z') }),
    WIDE,
    fc.uuid(),
    fc.jsonValue(),
  )
  .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url').slice(0, 500));

/** Nothing here leaves this machine or reads its disk: every one of these is refused. */
const LOCATIONS = [
  'relative/path',
  '/nonexistent/\u0000',
  '/nonexistent/repository',
  'ext::sh -c true',
  '-oProxyCommand=true',
  '--upload-pack=true',
  'http://127.0.0.1:9/a.git',
  'https://[::1]:9/a.git',
  'https://user:pass@169.254.169.254/a',
  'git@127.0.0.1:a\u0000',
  'file://remote/share',
  'javascript:1',
  'http://',
  '\ud800',
];
const ADDRESSES = [
  'http://127.0.0.1:9/',
  'http://10.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://0x7f.1/',
  'http://169.254.169.254/latest',
  'file:///etc/passwd',
  'data:,x',
  'http://127.0.0.1:99999/',
  'http://127.0.0.1/\u0000',
  'http://127.0.0.1/\ud800',
  '//127.0.0.1',
  'x',
];

/** What fits a field and is nasty nevertheless; every third time the ordinary, so that requests get far. */
function offerFor(operation: Operation): Offer {
  return (name, schema) => {
    if (name === 'location') return fc.constantFrom(...LOCATIONS);
    if (name === 'url' && operation.path.endsWith(':fetch')) return fc.constantFrom(...ADDRESSES);
    if (name === 'cursor') return fc.oneof(CURSORS, fc.constantFrom(...TEXTS));
    if (schema.type !== 'string' || schema.enum || 'const' in schema) return undefined;
    if (schema.format === 'uuid') return fc.oneof(fc.constantFrom(...idsFor(operation)), fc.uuid());
    if (schema.format)
      return fc.oneof({ weight: 2, arbitrary: valuesOf(schema, () => undefined) }, nastyTexts(schema));
    if (schema.pattern !== undefined && !'😀'.match(schema.pattern)) return undefined;
    return fc.oneof(nastyTexts(schema), { weight: 2, arbitrary: valuesOf(schema, () => undefined) });
  };
}

function nastyTexts({ minLength = 0, maxLength = 100_000 }: ValueSchema): fc.Arbitrary<string> {
  return fc
    .oneof(fc.constantFrom(...TEXTS), WIDE)
    .map((text) => text.padEnd(minLength, '\u0000').slice(0, maxLength));
}

function idsFor({ path }: Operation): string[] {
  const kind = /\/([a-z-]+)\/\{/.exec(path)?.[1] ?? '';
  const known = ids[kind] ?? Object.values(ids).flat();
  return known.length > 0 ? known : ['00000000-0000-0000-0000-000000000000'];
}

const HEADERS: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc.record(
    {
      'if-match': fc.constantFrom(
        '*',
        '"1"',
        'W/"2"',
        '99999999999',
        '-1',
        '"',
        'x'.repeat(60),
        '"2147483648"',
        'é',
        '',
      ),
      'idempotency-key': fc.constantFrom('', 'k', 'é', 'x'.repeat(255), 'x'.repeat(256), '"k"', 'k, k', ' '),
      'x-project': fc.constantFrom(
        '',
        'default',
        'none',
        'é',
        "' or 1=1",
        'x'.repeat(5000),
        '%00',
        '0'.repeat(36),
      ),
      accept: fc.constantFrom('text/event-stream', 'application/xml', '*/*;q=x', ''),
      'accept-encoding': fc.constantFrom('gzip', 'x', 'gzip;q=0, *;q=0'),
      range: fc.constantFrom('bytes=0-1', 'bytes=-1', 'x'),
      traceparent: fc.constantFrom('00-x', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, 'x'.repeat(500)),
      cookie: fc.constantFrom('commandcenter_session=x', 'a=%', ';;;=', 'commandcenter_session=%00'),
      'x-forwarded-for': fc.constantFrom('x', '1.2.3.4, y', '::', ','),
      origin: fc.constantFrom('null', 'http://', 'x'),
    },
    { requiredKeys: [] },
  ),
);

const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'x',
  '',
];
const BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '0',
  '{"a":1,}',
  '\u0000',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '['.repeat(200_000),
  `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  `{"a":${'9'.repeat(100_000)}}`,
  `{"a":"${'x'.repeat(900_000)}"}`,
  '--x\r\ncontent-disposition: form-data; name="f"; filename="a\u0000b.md"\r\n\r\n# x\r\n--x--\r\n',
  '--x\r\ncontent-disposition: form-data; name="f"; filename="../../a"\r\n\r\n\u0000\r\n--x--\r\n',
  '--x\r\ncontent-disposition: form-data; name="f"; filename="a.pdf"\r\n\r\n%PDF-1.7',
  '--x\r\ncontent-disposition: form-data; name="f"\r\n\r\nx\r\n--x--\r\n',
  '--x',
];

/** Requests to an operation, of which most are nearly right: what is plainly wrong is refused early. */
function requestsTo(operation: Operation): fc.Arbitrary<RawRequest> {
  const offer = offerFor(operation);
  const at = (place: string) => operation.parameters.filter((each) => each.in === place);
  const fields = (place: string) =>
    fc.record(
      Object.fromEntries(
        at(place).map(({ name, schema }) => [
          name,
          fc.oneof({ weight: 4, arbitrary: valuesOf(schema, offer, name) }, HOSTILE),
        ]),
      ),
      { requiredKeys: [] },
    );
  const parts = Object.fromEntries(
    [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
      name,
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...idsFor(operation)) }, HOSTILE),
    ]),
  );
  return fc
    .record({
      parts: fc.record(parts),
      query: fields('query'),
      junk: fc.option(fc.tuple(fc.constantFrom('unknown', 'project', '__proto__', 'limit', '%00'), WIDE)),
      tail: fc.constantFrom(...Array.from({ length: 8 }, () => ''), '%', '%ff', '%00', '&&==', '%ED%A0%80'),
      headers: HEADERS,
      body: bodiesOf(operation, offer),
    })
    .map(({ parts, query, junk, tail, headers, body }) => {
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encode(parts[name]).slice(0, 3000),
      );
      const search = [...Object.entries(query), ...(junk ? [junk] : [])]
        .map(([name, value]) => `${encode(name)}=${encode(value)}`)
        .join('&')
        .slice(0, 50_000);
      return {
        method: operation.method,
        path: `${path}?${search}${tail}`,
        headers: { ...headers, ...(body.type === null ? {} : { 'content-type': body.type }) },
        body: body.text,
      };
    });
}

interface Body {
  type: string | null;
  text: string | undefined;
}

function bodiesOf(operation: Operation, offer: Offer): fc.Arbitrary<Body> {
  const odd = fc.record({ type: fc.constantFrom(...CONTENT_TYPES), text: fc.constantFrom(...BODIES) });
  const none = fc.constant<Body>({ type: null, text: undefined });
  if (operation.method === 'GET') return none;
  if (!operation.body) return fc.oneof({ weight: 3, arbitrary: none }, odd);
  const json = (value: unknown): Body => ({
    type: 'application/json',
    text: JSON.stringify(value).replace(`"${DEEP}"`, NESTED),
  });
  const fitting = valuesOf(operation.body, offer);
  const spoiled = fc
    .tuple(fitting, fc.nat(), HOSTILE)
    .map(([value, which, hostile]) => json(spoil(value, which, hostile)));
  return fc.oneof({ weight: 5, arbitrary: fitting.map(json) }, { weight: 4, arbitrary: spoiled }, odd, none);
}

/** Puts something hostile in place of one field, or beside the fields. */
function spoil(value: unknown, which: number, hostile: unknown): unknown {
  if (Array.isArray(value) && value.length > 0) {
    const at = which % value.length;
    return value.with(at, spoil(value[at], which >> 3, hostile));
  }
  if (typeof value !== 'object' || value === null) return hostile;
  const names = [...Object.keys(value), 'unknown'];
  const name = names[which % names.length] ?? 'unknown';
  // A location or an address must not become one that is opened.
  if (name === 'location' || name === 'url') return value;
  if (name === 'unknown') return { ...value, unknown: which % 2 ? DEEP : hostile };
  return { ...value, [name]: spoil((value as Record<string, unknown>)[name], which >> 3, hostile) };
}

/** Percent-encodes also what is no proper text, as the bytes that a careless client would send. */
function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

const send = (sent: RawRequest): Promise<RawAnswer> =>
  sendRaw(app.url, agent, { ...sent, headers: { authorization: `Bearer ${app.token}`, ...sent.headers } });

/** What is wrong with an answer; undefined if it is in order. */
function wrongWith({ status, headers, text, ms }: RawAnswer): string | undefined {
  const type = headers['content-type'] ?? '';
  if (status >= 500) return `${status} ${text.slice(0, 300)} ${errors.splice(0).join(' ').slice(0, 1500)}`;
  if (ms > SLOW_MS) return `answered after ${Math.round(ms)} ms`;
  if (status < 400) return undefined;
  if (!type.startsWith('application/problem+json')) return `${status} as ${type}: ${text.slice(0, 300)}`;
  const { code, title } = JSON.parse(text) as { code?: unknown; title?: unknown };
  if (typeof code !== 'string' || !/^[a-z0-9-]+$/.test(code))
    return `${status} with the code ${String(code)}`;
  return typeof title === 'string' && title !== '' ? undefined : `${status} without a title`;
}

async function fuzz(operation: Operation): Promise<string[]> {
  const property = fc.asyncProperty(requestsTo(operation), async (sent) => {
    const wrong = wrongWith(await send(sent));
    if (wrong !== undefined) throw new Error(wrong);
  });
  const result = await fc.check(property, { seed: SEED, numRuns: RUNS_PER_OPERATION });
  if (!result.failed) return [];
  const sent = JSON.stringify(result.counterexample).slice(0, 1_000);
  const why = result.errorInstance instanceof Error ? result.errorInstance.message : 'interrupted';
  return [
    `${operation.name}: ${why}\n  ${sent}\n  FUZZ_SEED=${result.seed}, path ${result.counterexamplePath}`,
  ];
}

test('no request, however malformed, gets a fault of the server, a bare refusal or no answer', async () => {
  expect(operations.length).toBeGreaterThan(60);
  const queue = [...operations];
  const faults: string[] = [];
  const next = async (): Promise<void> => {
    for (let operation = queue.shift(); operation; operation = queue.shift()) {
      faults.push(...(await fuzz(operation)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  expect(faults.join('\n\n')).toBe('');

  expect((await app.request('GET', '/session')).status).toBe(200);
  expect((await app.request('GET', '/overview')).status).toBe(200);
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
}, 600_000);
