import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { Config } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import { readOrCreateSecretFile } from '#platform/secrets/index.ts';

const IDENTITY_FILE = 'backup-identity';

type EncryptionConfig = Pick<Config, 'dataDir' | 'databaseUrl' | 'backupIdentity' | 'backupRecipients'>;

/**
 * Whom sets are encrypted for: BACKUP_RECIPIENTS, or whoever has the identity that is there. The embedded mode
 * makes one in its data directory when there is none.
 */
export async function recipientsOf(config: EncryptionConfig): Promise<string[]> {
  if (config.backupRecipients.length > 0) return [...config.backupRecipients];
  const identities = identitiesOf(config);
  if (identities.length === 0) {
    if (config.databaseUrl !== undefined) {
      throw appError(
        'config-invalid',
        500,
        'BACKUP_RECIPIENTS names nobody whom a backup is encrypted for.',
        {
          remedy: 'Set it to the public key that `age-keygen` shows, or ask for an open set with --plain.',
        },
      );
    }
    const made = await generateX25519Identity();
    identities.push(readOrCreateSecretFile(identityFile(config), () => made));
  }
  return Promise.all(identities.map(toRecipient));
}

/** What opens sets: BACKUP_IDENTITY, or what is kept in the data directory. */
export function identitiesOf(config: EncryptionConfig): string[] {
  const file = identityFile(config);
  const text = config.backupIdentity ?? (existsSync(file) ? readFileSync(file, 'utf8') : '');
  // As age-keygen writes it: comments, and one identity a line.
  return text
    .split(/\s*\n\s*/)
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
}

async function toRecipient(identity: string): Promise<string> {
  try {
    return await identityToRecipient(identity);
  } catch (error) {
    throw appError('config-invalid', 500, 'BACKUP_IDENTITY is not an identity of age.', {
      remedy: 'It begins with AGE-SECRET-KEY-1 and is what `age-keygen` writes.',
      cause: error,
    });
  }
}

const identityFile = ({ dataDir }: EncryptionConfig): string => join(dataDir, IDENTITY_FILE);
