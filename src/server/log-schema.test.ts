import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '#platform/telemetry/index.ts';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';
import { openBrowser, startTestApp, type TestApp } from '#testing/index.ts';
import { logFields, logLine, REQUIRED_FIELDS } from '#testing/log-line.ts';

const root = join(import.meta.dirname, '../..');
type Line = Record<string, unknown>;

/** What is wrong with a line, in words. */
function problemsOf(line: Line): string[] {
  const wrong = [...Value.Errors(logLine, line)].map(
    ({ instancePath, message }) => `${instancePath} ${message}`,
  );
  const missing = (REQUIRED_FIELDS[String(line['msg'])] ?? []).filter((field) => line[field] === undefined);
  return [...wrong, ...missing.map((field) => `${field} is missing`)];
}

describe('every line that is written', () => {
  let app: TestApp;
  let repository: TestRepository;
  const lines: Line[] = [];

  beforeAll(async () => {
    const log = createLogger('trace', { write: (line) => void lines.push(JSON.parse(line)) });
    repository = await createTestRepository();
    await repository.commit({
      'package.json': '{"dependencies":{"fastify":"^5"}}',
      'README.md': '# Backups\n',
    });
    app = await startTestApp({
      log,
      env: {
        SLOW_REQUEST_MS: '1',
        SLOW_QUERY_MS: '1',
        OUTGOING_ALLOW_HOSTS: '127.0.0.1',
        REDIS_URL: 'redis://127.0.0.1:9',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      },
    });
  });
  afterAll(async () => {
    await app.close();
    await repository.remove();
  });

  test('holds the documented fields in the documented form and no other, whatever happens', async () => {
    const id = '0190b2c4-1111-7222-8333-444455556666';
    await app.request('GET', '/radar');
    await app.request('GET', `/jobs/${id}`);
    await app.request('GET', '/nowhere');
    await app.request('POST', '/technologies', { quadrant: 7 });
    await fetch(`${app.url}/api/v1/%ff`);
    await openBrowser(app).request('POST', '/session', {
      email: 'ada@example.com',
      password: 'wrong password',
    });
    const real = app.platform.retrievalIndex.search;
    app.platform.retrievalIndex.search = () =>
      Promise.reject(new Error('the disk said no', { cause: new Error('it is full') }));
    await app.request('GET', '/search?q=fastify');
    app.platform.retrievalIndex.search = real;
    await app.request('POST', '/repositories', { location: repository.directory });
    await app.request('POST', '/repositories', { location: 'http://127.0.0.1:9/a.git' });
    await app.runJobs();
    await app.request('POST', '/backups');
    await app.runJobs();

    const told = new Set(lines.map(({ msg }) => msg));
    for (const msg of [
      'request',
      'slow request',
      'slow query',
      'request failed',
      'job succeeded',
      'job failed',
    ]) {
      expect([...told], 'what was provoked is in the log').toContain(msg);
    }
    expect(lines.length).toBeGreaterThan(20);
    const wrong = lines.flatMap((line) => problemsOf(line).map((problem) => `${line['msg']}: ${problem}`));
    expect([...new Set(wrong)]).toEqual([]);
  });

  test('a line with another field, a wrong type or a missing field is found', () => {
    const line = { level: 'info', time: '2026-11-26T20:15:03.000Z', service: 'commandcenter', msg: 'x' };
    expect(problemsOf(line)).toEqual([]);
    expect(problemsOf({ ...line, password: 'x' })).not.toEqual([]);
    expect(problemsOf({ ...line, time: '20:15' })).not.toEqual([]);
    expect(problemsOf({ ...line, status: '200' })).not.toEqual([]);
    expect(problemsOf({ ...line, msg: 'request' })).toContain('requestId is missing');
  });
});

describe('the fields', () => {
  test('are the ones that docs/logs.md tells of', () => {
    const page = readFileSync(join(root, 'docs/logs.md'), 'utf8');
    const documented = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    );
    expect([...new Set(documented)].sort()).toEqual(Object.keys(logFields).sort());
  });

  test('are the ones that the code gives, also where no test gets to', () => {
    const unknown = sources(join(root, 'src')).flatMap((path) =>
      fieldsLogged(readFileSync(path, 'utf8'))
        .filter((field) => !(field in logFields))
        .map((field) => `${path}: ${field}`),
    );
    expect(unknown).toEqual([]);
    expect(fieldsLogged("log.warn(\n{ err: error, planted, other: [1, { deep: 2 }] },\n'x')")).toEqual([
      'err',
      'planted',
      'other',
    ]);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !/\/(web|testing)\//.test(path));
}

/** The names of fields in the objects that are handed to the logger. */
function fieldsLogged(code: string): string[] {
  const calls = [...code.matchAll(/\blog\.(?:trace|debug|info|warn|error|fatal)\(\s*\{/g)];
  return calls.flatMap(({ 0: call, index }) =>
    partsOf(code.slice(index + call.length)).flatMap((part) => /^\s*(\w+)/.exec(part)?.[1] ?? []),
  );
}

/** What stands between the commas of an object, of which the text begins inside. */
function partsOf(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('{[('.includes(character)) depth += 1;
    else if ('}])'.includes(character)) depth -= 1;
    if (depth < 0) break;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
