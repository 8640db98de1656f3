import type { ClientBase } from 'pg';
import { quoteName } from './catalog.ts';
import type { Deferred } from './deferred.ts';

/** Makes keys, indexes and statistics of tables that are filled, one table after the other. */
export interface IndexBuilder {
  /** Has those of a table made, in its turn; a failure is told by `finish`. */
  begin(table: string): void;
  /** Has all others made and what ties tables together, and waits for it. */
  finish(): Promise<void>;
}

/** With a connection of its own the builder works while the next table is loaded. */
export function createIndexBuilder(
  client: ClientBase,
  deferred: Deferred,
  tables: readonly string[],
): IndexBuilder {
  const left = new Set(tables);
  let last: Promise<void> = Promise.resolve();
  const run = (statements: readonly string[]): void => {
    last = last.then(async () => {
      for (const statement of statements) await client.query(statement);
    });
    // Somebody waits for it only at the end.
    last.catch(() => {});
  };
  const begin = (table: string): void => {
    left.delete(table);
    run([...deferred.ofTable(table), `analyze public.${quoteName(table)}`]);
  };
  return {
    begin,
    finish() {
      for (const table of left) begin(table);
      run(deferred.ofAll);
      return last;
    },
  };
}
