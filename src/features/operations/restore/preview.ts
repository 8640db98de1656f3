import { createHash } from 'node:crypto';
import { openSnapshot, type Snapshot, type TableShape } from '#platform/database/index.ts';
import type { OpenSet } from '../backup/index.ts';
import type { Place } from './place.ts';

/** What a restore would do to one table. A row that was changed counts as lost and as coming back. */
export interface TablePreview {
  table: string;
  rowsNow: number;
  rowsInSet: number;
  /** Rows that are there now and not in the set; null where the columns are others than those of the set. */
  lost: number | null;
  /** Rows of the set that are not there now. */
  back: number | null;
}

export interface RestorePreview {
  set: string;
  takenAt: string;
  /** Null if the living database does not answer: then everything comes back, and nothing is known to be lost. */
  tables: TablePreview[] | null;
  /** Why it does not. */
  problem: string | null;
}

const NEWLINE = 10;
/** Bytes of a row's hash: two rows of a hundred million are taken for one with a chance of one in thousands. */
const HASH_BYTES = 6;

/** Compares a set with the living database row by row, and changes nothing. */
export async function previewRestore(place: Place, set: OpenSet): Promise<RestorePreview> {
  const about = { set: set.name, takenAt: set.takenAt };
  let snapshot: Snapshot;
  try {
    snapshot = await openSnapshot(place.live);
  } catch (error) {
    return { ...about, tables: null, problem: error instanceof Error ? error.message : String(error) };
  }
  try {
    const living = new Map(snapshot.catalog.tables.map((table) => [table.name, table]));
    const tables: TablePreview[] = [];
    for (const table of set.tables) {
      tables.push(await previewTable(snapshot, set, table, living.get(table.name)));
      living.delete(table.name);
    }
    for (const table of living.values()) {
      const rowsNow = (await readRows(snapshot.read(table))).length;
      tables.push({ table: table.name, rowsNow, rowsInSet: 0, lost: rowsNow, back: 0 });
    }
    return { ...about, tables, problem: null };
  } finally {
    await snapshot.close();
  }
}

async function previewTable(
  snapshot: Snapshot,
  set: OpenSet,
  table: OpenSet['tables'][number],
  living: TableShape | undefined,
): Promise<TablePreview> {
  const now = living ? await readRows(snapshot.read(living)) : [];
  const counts = { table: table.name, rowsNow: now.length, rowsInSet: table.rows };
  const isAlike = !living || String(living.columns) === String(table.columns);
  if (!isAlike) return { ...counts, lost: null, back: null };
  const unmatched = new Map<number, number>();
  for (const row of now) unmatched.set(row, (unmatched.get(row) ?? 0) + 1);
  let same = 0;
  for (const row of await readRows(set.read(table.name))) {
    const left = unmatched.get(row) ?? 0;
    if (left === 0) continue;
    unmatched.set(row, left - 1);
    same += 1;
  }
  return { ...counts, lost: now.length - same, back: table.rows - same };
}

/** A number for each row, equal for equal rows. */
async function readRows(content: AsyncIterable<Uint8Array>): Promise<number[]> {
  const rows: number[] = [];
  let hash = createHash('sha256');
  for await (const chunk of content) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      hash.update(chunk.subarray(from, at));
      rows.push(hash.digest().readUIntBE(0, HASH_BYTES));
      hash = createHash('sha256');
      from = at + 1;
    }
    hash.update(chunk.subarray(from));
  }
  return rows;
}
