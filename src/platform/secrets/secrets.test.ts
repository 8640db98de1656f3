import { createCipheriv } from 'node:crypto';
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
  const [version, key, iv, tag = '', body = ''] = stored.split('.');
  const flipped = `${body.startsWith('A') ? 'B' : 'A'}${body.slice(1)}`;
  for (const [secrets, text] of [
    [createSecrets(folder, 'a'.repeat(64)), stored],
    [createSecrets(folder, undefined), [version, key, iv, tag, flipped].join('.')],
    [createSecrets(folder, undefined), [version, key, iv, tag.slice(0, 6), body].join('.')],
    [createSecrets(folder, undefined), 'plain'],
    [createSecrets(folder, undefined), 'v1.a.b.c'],
  ] as const) {
    expect(() => secrets.decrypt(text)).toThrow(expect.objectContaining({ code: 'secret-unreadable' }));
  }
});

test('what an earlier key has encrypted is read while that key is known, and known to be old', () => {
  const [before, now] = ['a'.repeat(64), 'b'.repeat(64)];
  const stored = createSecrets(folder, before).encrypt('token');
  const both = createSecrets(folder, now, ['c'.repeat(64), before]);
  expect(both.decrypt(stored)).toBe('token');
  expect([both.isCurrent(stored), both.isCurrent(both.encrypt('token'))]).toEqual([false, true]);
  expect(() => createSecrets(folder, now).decrypt(stored)).toThrow(
    expect.objectContaining({ code: 'secret-unreadable' }),
  );
});

test('what version 1 has stored, which did not name its key, is read', () => {
  const key = Buffer.alloc(32, 7);
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
  const body = Buffer.concat([cipher.update('token'), cipher.final()]);
  const parts = [Buffer.alloc(12), cipher.getAuthTag(), body].map((part) => part.toString('base64url'));
  const secrets = createSecrets(folder, 'b'.repeat(64), [key.toString('hex')]);
  expect(secrets.decrypt(`v1.${parts.join('.')}`)).toBe('token');
  expect(secrets.isCurrent(`v1.${parts.join('.')}`)).toBe(false);
});
