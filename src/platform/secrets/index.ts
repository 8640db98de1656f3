import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import type { Secrets } from './secrets.ts';

export { type Rotation, rotateSecrets } from './rotate.ts';
export type { EncryptedColumn } from './rotate-store.ts';
export type { Secrets };

interface Key {
  /** Names the key without giving anything of it away. */
  id: string;
  bytes: Buffer;
}

const KEY_BYTES = 32;
const KEY_ID_CHARACTERS = 8;
const KEY_FILE = 'secret-key';

/**
 * Encrypts with the configured key, or the one kept in the data directory, which is made on first use with mode
 * 0600; reads what `previous` keys have encrypted as well, until `commandcenter secrets rotate` has run.
 */
export function createSecrets(
  dataDir: string,
  configured: string | undefined,
  previous: readonly string[] = [],
): Secrets {
  const keys = secretKeysInForce(dataDir, configured, previous).map(toKey);
  const current = keys[0];
  if (!current) throw appError('config-invalid', 500, `${join(dataDir, KEY_FILE)} holds no key.`);
  return {
    encrypt: (plain) => encryptWith(current, plain),
    decrypt: (stored) => decryptWithAny(keys, stored),
    isCurrent: (stored) => stored.startsWith(`v2.${current.id}.`),
  };
}

/** The keys themselves, the present one first; for a backup, which is encrypted. */
export function secretKeysInForce(
  dataDir: string,
  configured: string | undefined,
  previous: readonly string[],
): string[] {
  return [...(configured === undefined ? readKeyFile(dataDir) : [configured]), ...previous];
}

function encryptWith({ id, bytes }: Key, plain: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', bytes, iv);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return ['v2', id, ...[iv, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join('.');
}

/** Version 1 did not say by which key, so each is tried. */
function decryptWithAny(keys: readonly Key[], stored: string): string {
  const [version, ...rest] = stored.split('.');
  const id = version === 'v2' ? rest.shift() : undefined;
  const candidates = version === 'v1' ? keys : keys.filter((key) => key.id === id);
  let cause: unknown = new Error('not an encrypted value, or one of a key that is not known');
  for (const key of candidates) {
    try {
      return decryptWith(key, rest);
    } catch (error) {
      cause = error;
    }
  }
  throw appError('secret-unreadable', 409, 'A stored secret cannot be decrypted with the present key.', {
    remedy:
      'Add the SECRET_KEY (or DATA_DIR/secret-key) it was stored with to PREVIOUS_SECRET_KEYS, or enter the secret again.',
    cause,
  });
}

function decryptWith({ bytes }: Key, parts: readonly string[]): string {
  const [iv, tag, body] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (!iv || !tag || !body) throw new Error('not an encrypted value');
  const decipher = createDecipheriv('aes-256-gcm', bytes, iv, { authTagLength: 16 });
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

function toKey(text: string): Key {
  const bytes = Buffer.from(text, 'hex');
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, KEY_ID_CHARACTERS);
  return { id, bytes };
}

/** A key as SECRET_KEY takes it: 32 random bytes as hexadecimal characters. */
export const newSecretKey = (): string => randomBytes(KEY_BYTES).toString('hex');

/** The keys of a data directory, the present one first: a second one is there while secrets are rotated. */
function readKeyFile(dataDir: string): string[] {
  return readOrCreateSecretFile(join(dataDir, KEY_FILE), newSecretKey).split(/\s+/).filter(Boolean);
}

/** Puts a new key before the present one, which can still be read. Does nothing if a rotation was begun already. */
export function beginKeyRotation(dataDir: string): void {
  const keys = readKeyFile(dataDir);
  if (keys.length === 1) writeKeys(dataDir, [newSecretKey(), ...keys]);
}

/** Forgets all keys but the present one. */
export function endKeyRotation(dataDir: string): void {
  writeKeys(dataDir, readKeyFile(dataDir).slice(0, 1));
}

function writeKeys(dataDir: string, keys: string[]): void {
  const path = join(dataDir, KEY_FILE);
  const partial = `${path}.partial`;
  writeFileSync(partial, `${keys.join('\n')}\n`, { mode: 0o600, flush: true });
  renameSync(partial, path);
}

/** Reads a secret from a file, or makes a new one there that only its owner can read. */
export function readOrCreateSecretFile(path: string, make: () => string): string {
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    return readFileSync(path, 'utf8').trim();
  }
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const secret = make();
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}
