import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOrCreateSecretFile } from '#platform/secrets/index.ts';

/** By whom a text was signed. Keys are SubjectPublicKeyInfo, all in base64. */
export interface Signature {
  algorithm: 'Ed25519';
  publicKey: string;
  value: string;
}

const keyFile = (dataDir: string): string => join(dataDir, 'drill-key');

/** Signs with the key of the installation, which is made at the first time and kept with mode 0600. */
export function signText(dataDir: string, text: string): Signature {
  const key = toPrivateKey(readOrCreateSecretFile(keyFile(dataDir), newKey));
  const value = sign(null, Buffer.from(text), key).toString('base64');
  return { algorithm: 'Ed25519', publicKey: publicKeyOf(key), value };
}

/** The key by which reports of this installation are known; null before the first drill. */
export function ownPublicKey(dataDir: string): string | null {
  const file = keyFile(dataDir);
  return existsSync(file) ? publicKeyOf(toPrivateKey(readFileSync(file, 'utf8').trim())) : null;
}

/** Whether the text is what was signed. */
export function isSigned(text: string, { publicKey, value }: Signature): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return (
      key.asymmetricKeyType === 'ed25519' &&
      verify(null, Buffer.from(text), key, Buffer.from(value, 'base64'))
    );
  } catch {
    return false;
  }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

function toPrivateKey(text: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
}

function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
}
