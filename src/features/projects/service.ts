import type { Database } from '#platform/database/index.ts';
import { insertProjectIfAbsent } from './store.ts';

export interface DefaultProject {
  id: string;
  name: string;
}

/** The project that a fresh installation works in. */
export async function ensureDefaultProject(database: Database): Promise<DefaultProject> {
  return insertProjectIfAbsent(database, { slug: 'default', name: 'My project' });
}
