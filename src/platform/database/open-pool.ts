import pg from 'pg';
import type { Backend, EmbeddedOptions, ServerOptions } from './backend.ts';
import { openEmbedded } from './embedded/open.ts';
import { openServer } from './server/open.ts';
import { watchConnections } from './take-connection.ts';

const INT8 = 20;
const types = {
  // int8 counts rows and bytes here, far below 2^53, and both backends must give the same type.
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** The pool on either backend; what the schema is like nobody has looked at yet. */
export async function openPool(
  options: EmbeddedOptions | ServerOptions,
  overrides: pg.PoolConfig = {},
): Promise<{ pool: pg.Pool; backend: Backend }> {
  const backend = 'url' in options ? openServer(options) : await openEmbedded(options);
  const pool = new pg.Pool({ ...backend.poolConfig, types, ...overrides });
  watchConnections(pool);
  return { pool, backend };
}
