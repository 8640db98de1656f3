import type { PostgresServer } from '../../src/testing/postgres-server.ts';
import { DATABASE, seed } from '../api/seed.ts';

/** Of 16 random bytes each, 22 characters in base64: 10 kB of text, as documents have it. */
const PARTS = 470;
const CHARACTERS = (PARTS * 16 * 77) / 57;
const CHUNKS = 8;
const MEGABYTE = 1e6;

/**
 * The data of bench/api, and beside them so many documents with their chunks that `megabytes` of text are in the database.
 * The text is random, in base64: no compression makes less than three quarters of it.
 */
export async function fill(postgres: PostgresServer, megabytes: number): Promise<void> {
  await seed(postgres);
  const documents = Math.ceil((megabytes * MEGABYTE) / CHARACTERS);
  const project = "select set_config('app.project_id', bench_id(2, 1)::text, false)";
  await postgres.query(
    `${project};
     insert into documents (id, source, external_id, title, media_type, content_hash, bytes, state, chunk_count, text, index_state)
     select bench_id(21, n), 'upload', 'upload-' || n, 'Upload ' || n, 'text/plain', md5(n::text), ${Math.round(CHARACTERS)}, 'ready', ${CHUNKS},
       (select encode(string_agg(uuid_send(gen_random_uuid()), ''), 'base64') from generate_series(1, ${PARTS} + n * 0)), 'indexed'
     from generate_series(1, ${documents}) n;
     insert into chunks (id, document_id, ordinal, start_offset, end_offset, heading_path, line_start, line_end)
     select bench_id(22, n * ${CHUNKS} + part), bench_id(21, n), part, part * 1250, part * 1250 + 1249, array['Part ' || part], part * 16 + 1, part * 16 + 16
     from generate_series(1, ${documents}) n, generate_series(0, ${CHUNKS - 1}) part`,
    DATABASE,
  );
  await postgres.query('vacuum analyze', DATABASE);
  await postgres.query('checkpoint', DATABASE);
}
