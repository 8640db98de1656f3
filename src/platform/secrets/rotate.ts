import type { Database } from '#platform/database/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import { type EncryptedColumn, selectSecrets, updateSecret } from './rotate-store.ts';
import type { Secrets } from './secrets.ts';

export interface Rotation {
  /** How many values of each column have been encrypted anew. */
  rotated: { column: string; count: number }[];
}

const BATCH = 200;

/**
 * Encrypts everything anew that is not encrypted with the present key. It can be stopped and begun again, and run
 * beside servers that know both keys: a value that is changed meanwhile is left as it was changed.
 * Throws AppError `secret-unreadable`, naming the rows that no known key opens, once all others are done.
 */
export async function rotateSecrets(
  database: Database,
  secrets: Secrets,
  columns: readonly EncryptedColumn[],
): Promise<Rotation> {
  const rotated: Rotation['rotated'] = [];
  const unreadable: string[] = [];
  for (const column of columns) {
    const name = `${column.table}.${column.column}`;
    const result = await rotateColumn(database, secrets, column);
    rotated.push({ column: name, count: result.count });
    unreadable.push(...result.unreadable.map((id) => `${name} of ${id}`));
  }
  if (unreadable.length === 0) return { rotated };
  throw appError(
    'secret-unreadable',
    409,
    `${unreadable.length} stored secrets can't be decrypted with any key that is known: ${unreadable.slice(0, 10).join(', ')}${unreadable.length > 10 ? ', …' : ''}.`,
    {
      remedy:
        'Add their key to PREVIOUS_SECRET_KEYS and run this again, or enter them anew. All others are encrypted with the present key.',
      details: { rotated, unreadable },
    },
  );
}

async function rotateColumn(
  database: Database,
  secrets: Secrets,
  column: EncryptedColumn,
): Promise<{ count: number; unreadable: string[] }> {
  const unreadable: string[] = [];
  let count = 0;
  for (let after: string | null = null; ; ) {
    const rows = await selectSecrets(database, column, after, BATCH);
    for (const { id, value } of rows) {
      if (secrets.isCurrent(value)) continue;
      try {
        if (await updateSecret(database, column, { id, before: value, after: renew(secrets, value) }))
          count += 1;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'secret-unreadable') throw error;
        unreadable.push(id);
      }
    }
    const last = rows.at(-1);
    if (rows.length < BATCH || !last) return { count, unreadable };
    after = last.id;
  }
}

const renew = (secrets: Secrets, stored: string): string => secrets.encrypt(secrets.decrypt(stored));
