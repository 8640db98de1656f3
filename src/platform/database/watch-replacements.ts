import type pg from 'pg';

const WHICH = 'select oid::int8 as oid from pg_database where datname = current_database()';

/**
 * Asks each new connection which database it leads to: a restore ends all connections and puts another database
 * under the same name. Returns what counts how often that was seen.
 */
export function watchReplacements(pool: pg.Pool): () => number {
  let known: unknown;
  let count = 0;
  pool.options.onConnect = async (client) => {
    const { rows } = await client.query(WHICH);
    const found: unknown = rows[0]?.oid;
    if (known !== undefined && found !== known) count += 1;
    known = found;
  };
  return () => count;
}
