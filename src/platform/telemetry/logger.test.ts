import { DrizzleQueryError } from 'drizzle-orm/errors';
import { describe, expect, test } from 'vitest';
import { appError } from '#platform/errors/index.ts';
import { createLogger, createMetrics, redactSecrets, runAs, startWork } from './index.ts';

function collect(level = 'info') {
  const lines: string[] = [];
  const log = createLogger(level, { write: (line) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('log lines', () => {
  test('are JSON with level, UTC time, service and message', () => {
    const { log, last } = collect();
    log.warn({ repository: 'x' }, 'something');
    expect(last()).toMatchObject({
      level: 'warn',
      service: 'commandcenter',
      msg: 'something',
      repository: 'x',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  test('below the level are not written', () => {
    const { log, lines } = collect('warn');
    log.info('quiet');
    log.error('loud');
    expect(lines.length).toBe(1);
  });

  test('tell by themselves which request and job they belong to, also after waiting', async () => {
    const { log, last } = collect();
    const work = startWork({
      requestId: 'the-request',
      job: { id: 'the-job', kind: 'radar.check' },
      metrics: createMetrics('1'),
      span: undefined,
    });
    await runAs(work, async () => {
      await Promise.resolve();
      log.info('inside');
    });
    expect(last()).toMatchObject({ requestId: 'the-request', jobId: 'the-job', jobKind: 'radar.check' });
    log.info('outside');
    expect(last()).not.toHaveProperty('requestId');
  });
});

describe('secrets', () => {
  test.each([
    ['credentials in a URL', { url: 'https://user:hunter2@git.example/x.git' }],
    ['a token in place of a user', { url: 'https://hunter2@git.example/x.git' }],
    ['a code in a query', { url: '/login?code=hunter2&next=/' }],
    ['a bearer token in a text', { note: 'sent Bearer hunter2 there' }],
    ['a field with a telling name', { password: 'hunter2' }],
    ['one that lies deep', { a: { b: [{ c: { accessToken: 'hunter2' } }] } }],
    ['one with quotes in its value', { apiKey: 'x"hunter2' }],
    ['several headers', { headers: { 'set-cookie': ['a=hunter2', 'b=hunter2'] } }],
    ['JSON in a text', { body: JSON.stringify({ name: 'x', secret: 'hunter2', more: 1 }) }],
    ['a token that says what it is', { note: 'used cc_hunter2hunter2hunter2hunter2' }],
  ])('%s is taken out', (_, fields) => {
    const { log, lines, last } = collect();
    log.info(fields, 'message');
    expect(lines.at(-1)).not.toContain('hunter2');
    expect(lines.at(-1)).toContain('[redacted]');
    expect(last()).toMatchObject({ msg: 'message' });
  });

  test('errors are told with their causes, without secrets in any of them', () => {
    const { log, lines, last } = collect();
    const root = new Error('fatal: could not read https://user:hunter2@git.example');
    const cause = new Error('git failed with Bearer hunter2', { cause: root });
    log.error({ err: appError('repository-unreachable', 502, 'The server refused.', { cause }) }, 'failed');
    expect(lines.at(-1)).not.toContain('hunter2');
    expect(last().err).toMatchObject({
      type: 'AppError',
      code: 'repository-unreachable',
      status: 502,
      message: 'The server refused.',
      stack: expect.stringContaining('logger.test.ts'),
      cause: { cause: { message: 'fatal: could not read https://[redacted]@git.example' } },
    });
  });

  test('a failed statement is told without the values that it was given', () => {
    const { log, lines, last } = collect();
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (email)=(hunter2)',
    });
    log.error({ err: new DrizzleQueryError('select $1', ['hunter2\nand more hunter2'], cause) }, 'failed');
    expect(lines.at(-1)).not.toContain('hunter2');
    expect(last().err).toMatchObject({
      message: 'Failed query: select $1',
      cause: { code: '23505', message: 'duplicate key' },
    });
  });

  test('what only looks like one stays', () => {
    const text = 'https://example.org/a?page=2 mail@example.org {"code":"not-found","tokens":12} cc_short';
    expect(redactSecrets(text)).toBe(text);
  });
});
