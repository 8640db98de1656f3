import { expect, test } from 'vitest';
import { hashRecoveryCode, isApiToken, newApiToken, newRecoveryCode } from './random-secrets.ts';

test('a token is recognised by its beginning and its checksum', () => {
  const token = newApiToken();
  expect(token).toMatch(/^cc_[0-9A-Za-z]{40}$/);
  expect(isApiToken(token)).toBe(true);
  expect(newApiToken()).not.toBe(token);
});

test('a token with a typing mistake is refused without a look at the database', () => {
  const token = newApiToken();
  const other = token.at(10) === 'x' ? 'y' : 'x';
  expect(isApiToken(`${token.slice(0, 10)}${other}${token.slice(11)}`)).toBe(false);
  for (const text of ['', 'cc_', `${token}x`, token.slice(1), 'Bearer', 'x'.repeat(43)]) {
    expect(isApiToken(text), text).toBe(false);
  }
});

test('the token that an earlier version kept in DATA_DIR/owner-token is still one', () => {
  expect(isApiToken('0123456789abcdef'.repeat(4))).toBe(true);
});

test('a recovery code is the same however it is typed', () => {
  const code = newRecoveryCode();
  expect(code).toMatch(/^([2-9a-z]{4}-){3}[2-9a-z]{4}$/);
  expect(hashRecoveryCode(code.toUpperCase().replaceAll('-', ''))).toEqual(hashRecoveryCode(code));
  expect(hashRecoveryCode(newRecoveryCode())).not.toEqual(hashRecoveryCode(code));
});
