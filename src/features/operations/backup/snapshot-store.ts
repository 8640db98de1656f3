import type { Snapshot } from '#platform/database/index.ts';

/** Held by the connection of the snapshot, so that processes on other hosts are kept apart too. */
const LOCK_KEY = 7_263_403;

/** Whether nobody else makes a set of this database now; held until the snapshot is closed. */
export async function lockSnapshot(snapshot: Snapshot): Promise<boolean> {
  const [row] = await snapshot.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    LOCK_KEY,
  ]);
  return row?.locked === true;
}

/** The uploads that documents of the snapshot refer to. */
export async function selectUploadKeys(snapshot: Snapshot): Promise<string[]> {
  // An older schema may not have documents yet.
  if (!snapshot.catalog.tables.some(({ name }) => name === 'documents')) return [];
  const rows = await snapshot.query<{ key: string }>(
    'select distinct file_key as key from documents where file_key is not null',
  );
  return rows.map(({ key }) => key);
}
