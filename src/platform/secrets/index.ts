import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '#platform/errors/index.ts';

export interface Secrets {
  /** Encrypts text for storage: `v1.<iv>.<tag>.<ciphertext>`, AES-256-GCM, base64url parts. */
  encrypt(plain: string): string;
  /** Throws AppError `secret-unreadable` if the key is another one or the text was changed. */
  decrypt(stored: string): string;
}

const KEY_VERSION = 'v1';

/** Uses the configured key, or the one kept in the data directory, made on first use with mode 0600. */
export function createSecrets(dataDir: string, configuredKey: string | undefined): Secrets {
  const key = Buffer.from(
    configuredKey ?? readOrCreateSecretFile(join(dataDir, 'secret-key'), newKey),
    'hex',
  );
  return {
    encrypt(plain) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [KEY_VERSION, ...[iv, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join(
        '.',
      );
    },
    decrypt(stored) {
      const [version, ...parts] = stored.split('.');
      const [iv, tag, body] = parts.map((part) => Buffer.from(part, 'base64url'));
      try {
        if (version !== KEY_VERSION || !iv || !tag || !body) throw new Error('not an encrypted value');
        const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
        decipher.setAuthTag(tag);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw appError(
          'secret-unreadable',
          409,
          'A stored secret cannot be decrypted with the present key.',
          {
            remedy:
              'Start with the SECRET_KEY (or DATA_DIR/secret-key) it was stored with, or enter the secret again.',
            cause,
          },
        );
      }
    },
  };
}

const newKey = (): string => randomBytes(32).toString('hex');

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
