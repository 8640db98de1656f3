import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeConfig, loadConfig } from './index.ts';

test('an empty environment gives a server on loopback with its data beside it', () => {
  expect(loadConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    dataDir: join(process.cwd(), 'data'),
  });
});

test('every wrong value is named in one message that says what it must be', () => {
  expect(() => loadConfig({ PORT: 'abc', LOG_LEVEL: 'loud', SECRET_KEY: 'short' })).toThrow(
    'PORT must be a whole number from 0 to 65535, not "abc". LOG_LEVEL must be one of',
  );
  expect(() => loadConfig({ SECRET_KEY: 'short' })).toThrow('SECRET_KEY must be 64 hexadecimal characters');
  expect(() => loadConfig({ MODEL_PROVIDER: 'openai-compatible', MODEL_NAME: 'm' })).toThrow(
    'MODEL_BASE_URL must be set',
  );
});

test('sign-in at a provider needs all of its parts, and roles that there are', () => {
  const oidc = {
    OIDC_ISSUER: 'https://id.example.com',
    OIDC_CLIENT_ID: 'c',
    PUBLIC_URL: 'https://r.example.com',
  };
  expect(loadConfig({ ...oidc, OIDC_ROLES: 'a b=editor@default, x@y=owner@p' }).oidcRoles).toHaveLength(2);
  expect(() => loadConfig({ ...oidc, OIDC_ROLES: 'team=admin@default' })).toThrow('not "team=admin@default"');
  expect(() => loadConfig({ ...oidc, PUBLIC_URL: '' })).toThrow('PUBLIC_URL must be set');
  expect(() => loadConfig({ ...oidc, OIDC_ISSUER: 'id.example.com' })).toThrow('OIDC_ISSUER must be a URL');
});

test('a secret may come from a file, and from one place only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-config-'));
  const file = join(folder, 'key');
  writeFileSync(file, 'from-file\n');
  expect(loadConfig({ MODEL_API_KEY_FILE: file }).modelApiKey).toBe('from-file');
  expect(() => loadConfig({ MODEL_API_KEY_FILE: file, MODEL_API_KEY: 'x' })).toThrow(
    'set MODEL_API_KEY or MODEL_API_KEY_FILE',
  );
  expect(() => loadConfig({ MODEL_API_KEY_FILE: join(folder, 'none') })).toThrow(
    'readable from MODEL_API_KEY_FILE (ENOENT)',
  );
  rmSync(folder, { recursive: true });
});

test('a password given apart is joined with the address that holds none', () => {
  const server = { SECRET_KEY: 'a'.repeat(64), DATABASE_URL: 'postgres://product@db:5432/product' };
  expect(loadConfig({ ...server, DATABASE_PASSWORD: 'p@ss/%:#?' }).databaseUrl).toBe(
    'postgres://product:p%40ss%2F%25%3A%23%3F@db:5432/product',
  );
  expect(
    loadConfig({ ...server, DATABASE_URL: 'postgres:///product', DATABASE_PASSWORD: 'a b' }),
  ).toMatchObject({ databaseUrl: 'postgres:///product?password=a+b' });
  const redis = { REDIS_URL: 'redis://product@redis:6379', REDIS_CACHE_URL: 'redis://cache' };
  expect(loadConfig({ ...redis, REDIS_PASSWORD: 'secret' })).toMatchObject({
    redisUrl: 'redis://product:secret@redis:6379',
    redisCacheUrl: 'redis://:secret@cache',
  });
  expect(loadConfig({ ...redis }).redisUrl).toBe(redis.REDIS_URL);
});

test('two passwords for one address are a contradiction, and neither is shown', () => {
  const both = {
    SECRET_KEY: 'a'.repeat(64),
    DATABASE_URL: 'postgres://product:in-address@db/product',
    DATABASE_PASSWORD: 'given-apart',
    REDIS_URL: 'redis://:in-address@redis',
    REDIS_PASSWORD: 'given-apart',
  };
  expect(() => loadConfig(both)).toThrow(
    'DATABASE_URL holds a password, and DATABASE_PASSWORD is another: leave one of them out. REDIS_URL holds',
  );
  expect(() => loadConfig(both)).not.toThrow('given-apart');
  expect(() => loadConfig(both)).not.toThrow('in-address');
});

test('the documentation lists every setting', () => {
  const table = describeConfig();
  for (const name of ['HOST', 'PORT', 'DATA_DIR', 'SECRET_KEY', 'MODEL_PROVIDER'])
    expect(table).toContain(`| \`${name}\` |`);
});
