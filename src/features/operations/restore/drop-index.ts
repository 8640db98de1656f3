import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Takes the retrieval index away: it is of another state of the database, and the product builds it again from
 * that. The rename is what counts, so that no half of it is ever read.
 */
export async function dropIndex(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'rag_storage');
  const old = join(folder, `old-${process.pid}`);
  await rename(join(folder, 'chunks.lance'), old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rm(old, { recursive: true, force: true });
}
