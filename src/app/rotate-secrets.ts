import { join } from 'node:path';
import type { Config } from '#platform/config/index.ts';
import { lockDataDirectory, openDatabase } from '#platform/database/index.ts';
import {
  beginKeyRotation,
  createSecrets,
  type EncryptedColumn,
  endKeyRotation,
  type Rotation,
  rotateSecrets,
} from '#platform/secrets/index.ts';
import { templateFolder } from './template.ts';

/** Every column that holds an encrypted value; a test finds one that is missing here. */
export const ENCRYPTED_COLUMNS: readonly EncryptedColumn[] = [
  { table: 'repositories', column: 'access_token_encrypted' },
  { table: 'users', column: 'totp_secret' },
  { table: 'users', column: 'totp_pending' },
];

/**
 * Encrypts all stored secrets with SECRET_KEY, reading those of PREVIOUS_SECRET_KEYS too. `newKey` makes a new
 * key in the data directory first, where no SECRET_KEY is configured; the old one goes when all is done.
 */
export async function rotateStoredSecrets(
  config: Config,
  { newKey }: { newKey: boolean },
): Promise<Rotation> {
  const { dataDir, databaseUrl, secretKey, previousSecretKeys } = config;
  const lock = databaseUrl === undefined ? await lockDataDirectory(dataDir) : undefined;
  try {
    const database = await openDatabase(
      databaseUrl === undefined
        ? { directory: join(dataDir, 'postgres'), template: templateFolder }
        : { url: databaseUrl, settings: config },
      { migrations: 'require' },
    );
    try {
      if (newKey) beginKeyRotation(dataDir);
      const secrets = createSecrets(dataDir, secretKey, previousSecretKeys);
      const rotation = await rotateSecrets(database, secrets, ENCRYPTED_COLUMNS);
      if (secretKey === undefined) endKeyRotation(dataDir);
      return rotation;
    } finally {
      await database.close();
    }
  } finally {
    await lock?.release();
  }
}
