import { createContentMeter, type Scratch } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import { damaged } from './age.ts';
import type { Progress } from './create-set.ts';
import type { OpenSet } from './sets.ts';

interface Watch {
  report?: Progress | undefined;
  signal?: AbortSignal | undefined;
}

/** Loads every table of a set, each compared with the manifest while it passes, and makes keys and indexes. */
export async function fillScratch(
  scratch: Scratch,
  set: OpenSet,
  { report, signal }: Watch = {},
): Promise<void> {
  requireTables(scratch, set);
  for (const [at, table] of set.tables.entries()) {
    signal?.throwIfAborted();
    report?.('load', at, set.tables.length);
    const meter = createContentMeter();
    const metered = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of set.read(table.name)) {
        meter.add(piece);
        yield piece;
      }
    };
    await scratch.load(table, metered());
    const { rows, sha256 } = meter.result();
    if (rows !== table.rows || sha256 !== table.sha256) {
      throw damaged(table.part, `its contents are not those of ${table.name} that the manifest names`);
    }
  }
  report?.('indexes', 0, 1);
  await scratch.complete(set.sequences);
}

/** Compares what is in the database now with what was in the one that was backed up, row for row by their hash. */
export async function compareScratch(
  scratch: Scratch,
  set: OpenSet,
  { report, signal }: Watch = {},
): Promise<void> {
  for (const [at, table] of set.tables.entries()) {
    signal?.throwIfAborted();
    report?.('compare', at, set.tables.length);
    const meter = createContentMeter();
    for await (const piece of scratch.read(table)) meter.add(piece);
    const { rows, sha256 } = meter.result();
    if (rows === table.rows && sha256 === table.sha256) continue;
    throw appError(
      'backup-not-equal',
      409,
      `Restored, ${table.name} has ${rows} rows that differ from the ${table.rows} that were backed up.`,
      { remedy: 'Make a new backup, and report this.' },
    );
  }
}

/** A set must hold exactly the tables that its migrations make. */
function requireTables(scratch: Scratch, set: OpenSet): void {
  const held = new Map(set.tables.map((table) => [table.name, table]));
  const missing = scratch.catalog.tables.find(
    ({ name, columns }) => columns.join() !== held.get(name)?.columns.join(),
  );
  const unknown = set.tables.find(({ name }) => !scratch.catalog.tables.some((table) => table.name === name));
  const name = missing?.name ?? unknown?.name;
  if (name === undefined) return;
  throw appError(
    'backup-table-missing',
    409,
    `The set does not hold the table ${name} as its schema has it.`,
    {
      remedy: 'Use another set.',
    },
  );
}
