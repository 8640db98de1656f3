import { createContentMeter, openSnapshot, type TableShape } from '#platform/database/index.ts';
import type { EncryptedColumn } from '#platform/secrets/index.ts';
import type { OpenSet } from '../backup/index.ts';
import { markPrefix } from './marked-changes.ts';
import type { ScratchInstallation } from './scratch-installation.ts';
import { selectMarks } from './store.ts';

export interface TableContents {
  name: string;
  columns: string[];
  rows: number;
  sha256: string;
}

export interface Contents {
  tables: TableContents[];
  /** The marked changes that are there. */
  marks: string[];
  migrations: string[];
}

export interface ComparedTable {
  name: string;
  rows: number;
  expectedRows: number;
  sha256: string;
  expectedSha256: string;
  equal: boolean;
}

/** What a restore changes because it has to: nothing of it can be equal. */
export interface Changed {
  encryptedColumns: readonly EncryptedColumn[];
}

/** The list of workers is emptied, and a job that ran is one that nobody has heard of since. */
const EMPTIED = new Set(['workers']);
const OF_ITS_TIME: readonly EncryptedColumn[] = [{ table: 'jobs', column: 'heartbeat_at' }];

function comparable(table: TableShape, { encryptedColumns }: Changed): string[] {
  const left = [...encryptedColumns, ...OF_ITS_TIME].filter((one) => one.table === table.name);
  return table.columns.filter((column) => !left.some((one) => one.column === column));
}

/** Rows and SHA-256 of every table of an installation that does not run. */
export async function readContents(
  { database }: ScratchInstallation,
  run: string,
  changed: Changed,
): Promise<Contents> {
  const snapshot = await openSnapshot(database);
  try {
    const tables: TableContents[] = [];
    for (const table of snapshot.catalog.tables.filter(({ name }) => !EMPTIED.has(name))) {
      const columns = comparable(table, changed);
      const meter = createContentMeter();
      for await (const piece of snapshot.read({ ...table, columns })) meter.add(piece);
      const { rows, sha256 } = meter.result();
      tables.push({ name: table.name, columns, rows, sha256 });
    }
    const marks = await selectMarks(snapshot, markPrefix(run));
    return { tables, marks, migrations: snapshot.catalog.migrations.map(({ name }) => name) };
  } finally {
    await snapshot.close();
  }
}

/** The same of a set, which has no marked changes. */
export async function readContentsOfSet(set: OpenSet, changed: Changed): Promise<Contents> {
  const tables: TableContents[] = [];
  for (const table of set.tables.filter(({ name }) => !EMPTIED.has(name))) {
    const columns = comparable(table, changed);
    const whole = columns.length === table.columns.length;
    const sha256 = whole ? table.sha256 : await hashColumns(set, table, columns);
    tables.push({ name: table.name, columns, rows: table.rows, sha256 });
  }
  return { tables, marks: [], migrations: set.migrations.map(({ name }) => name) };
}

const NEWLINE = 10;

/** In COPY's text format tab and newline stand nowhere but between columns and rows. */
async function hashColumns(set: OpenSet, table: TableShape, columns: readonly string[]): Promise<string> {
  const kept = columns.map((column) => table.columns.indexOf(column));
  const meter = createContentMeter();
  const add = (rows: Buffer): void => {
    for (const row of rows.toString('latin1').split('\n').slice(0, -1)) {
      const values = row.split('\t');
      meter.add(Buffer.from(`${kept.map((at) => values[at]).join('\t')}\n`, 'latin1'));
    }
  };
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of set.read(table.name)) {
    const bytes = Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    add(bytes.subarray(0, end));
    rest = bytes.subarray(end);
  }
  return meter.result().sha256;
}

/**
 * Compares table by table. What came from an older schema was compared by the restore before it was brought to this
 * version's; afterwards only the rows can be counted.
 */
export function compareContents(expected: Contents, found: Contents): ComparedTable[] {
  const older = expected.migrations.join() !== found.migrations.join();
  const there = new Map(found.tables.map((table) => [table.name, table]));
  const names = new Set([...expected.tables, ...(older ? [] : found.tables)].map(({ name }) => name));
  const wanted = new Map(expected.tables.map((table) => [table.name, table]));
  return [...names].sort().map((name) => {
    const [want, have] = [wanted.get(name), there.get(name)];
    const same = want?.sha256 === have?.sha256 && want?.columns.join() === have?.columns.join();
    return {
      name,
      rows: have?.rows ?? 0,
      expectedRows: want?.rows ?? 0,
      sha256: have?.sha256 ?? '',
      expectedSha256: want?.sha256 ?? '',
      equal: want !== undefined && have !== undefined && want.rows === have.rows && (older || same),
    };
  });
}
