import { describe, expect, test } from 'vitest';
import { createScrubber } from './scrub.ts';

const { text, value } = createScrubber(['hunter2 with "quotes"', 'hunter2-known']);

describe('what leaves the installation', () => {
  test.each([
    'the password hunter2-known was refused',
    `in JSON {"x":${JSON.stringify('hunter2 with "quotes"')}}`,
    `in an address ?q=${encodeURIComponent('hunter2 with "quotes"')}`,
    `in base64 ${Buffer.from('hunter2-known').toString('base64')}`,
    'postgres://user:hunter2@example.com/name',
    'GET /login?code=hunter2&next=/',
    'PGPASSWORD=hunter2 psql',
    'password: hunter2',
    "db_password = 'hunter2 and more hunter2'",
    'MODEL_API_KEY="hunter2"',
    'Authorization: Bearer hunter2',
    'authorization: Basic aHVudGVyMmh1bnRlcjI=hunter2',
    'Cookie: session=hunter2; other=hunter2',
    'set-cookie: cc=hunter2; HttpOnly',
    '{"level":"info","accessToken":"hunter2"}',
    '-----BEGIN PRIVATE KEY-----\nhunter2\nhunter2\n-----END PRIVATE KEY-----',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2 and cut off',
    'aws_secret_access_key = hunter2',
    'token cc_hunter2hunter2hunter2hunter2',
    'identity AGE-SECRET-KEY-1HUNTER2HUNTER2hunter2HUNTER2HUNTER2',
    'id_token eyJhbGciOiJI.eyJzdWIiOiJhhunter2.hunter2',
  ])('holds no secret of %j', (given) => {
    expect(text(given)).not.toMatch(/hunter2/i);
    expect(text(given)).not.toContain('aHVudGVy');
    expect(text(given)).toContain('[redacted]');
  });

  test('nor deep in a value, and remains what it was otherwise', () => {
    const given = {
      a: [{ password: 'hunter2', note: 'with hunter2-known', port: 5432 }],
      up: true,
      none: null,
    };
    expect(value(given)).toEqual({
      a: [{ password: '[redacted]', note: 'with [redacted]', port: 5432 }],
      up: true,
      none: null,
    });
  });

  test.each([
    'https://example.org/a?page=2',
    'commandcenter_rate_limited_total{bucket="caller"} 3',
    'The setting METRICS_TOKEN is not set.',
    '2026-11-26T20:15:03.000Z 12 tokens were used',
    '{"level":"info","msg":"request","route":"/api/v1/tokens","status":200}',
  ])('keeps %j', (given) => {
    expect(text(given)).toBe(given);
  });
});
