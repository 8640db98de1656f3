import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSecrets } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'commandcenter-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('what is encrypted is read back, by a later process too, and never the same twice', () => {
  const secrets = createSecrets(folder, undefined);
  const stored = secrets.encrypt('ghp_token');
  expect(stored).not.toContain('ghp_token');
  expect(secrets.encrypt('ghp_token')).not.toBe(stored);
  expect(createSecrets(folder, undefined).decrypt(stored)).toBe('ghp_token');
});

test('the key is made once and only its owner can read it', () => {
  const path = join(folder, 'secret-key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8').trim()).toMatch(/^[0-9a-f]{64}$/);
});

test('another key or a changed text is an error that says so, never an empty secret', () => {
  const stored = createSecrets(folder, undefined).encrypt('token');
  const [version, iv, tag, body = ''] = stored.split('.');
  const flipped = `${body.startsWith('A') ? 'B' : 'A'}${body.slice(1)}`;
  for (const [secrets, text] of [
    [createSecrets(folder, 'a'.repeat(64)), stored],
    [createSecrets(folder, undefined), [version, iv, tag, flipped].join('.')],
    [createSecrets(folder, undefined), [version, iv, (tag ?? '').slice(0, 6), body].join('.')],
    [createSecrets(folder, undefined), 'plain'],
  ] as const) {
    expect(() => secrets.decrypt(text)).toThrow(expect.objectContaining({ code: 'secret-unreadable' }));
  }
});
