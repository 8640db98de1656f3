import type { ServerOptions } from '#platform/database/index.ts';
import { openServerDatabases } from '#platform/database/replace/index.ts';
import type { Place, Swap } from './place.ts';

/** PostgreSQL's own limit, in bytes. */
const LONGEST_NAME = 63;

/** A PostgreSQL server: databases that are renamed in one transaction. */
export async function openServer(live: ServerOptions): Promise<Place> {
  const databases = await openServerDatabases(live.url);
  const nameOf = (what: string, id: string): string => {
    const end = `_${what}_${id}`;
    return `${databases.live.slice(0, LONGEST_NAME - end.length)}${end}`;
  };
  // An empty database whose like is made where the living one can't be asked what it is like.
  const model = nameOf('restore', 'model');
  return {
    runtime: 'server',
    live,
    names: (id) => ({ incoming: nameOf('restore', id), outgoing: nameOf('before', id) }),
    async scratch(name) {
      if (await databases.answers(databases.live)) return { server: live, database: name };
      await databases.ensure(model);
      return { server: { ...live, url: databases.url(model) }, database: name };
    },
    identify: async (name) => (await databases.identify(name)) ?? null,
    isThere: async (name) => (await databases.identify(name)) !== undefined,
    remove: (name) => databases.drop(name),
    async swap({ identity, ...swap }: Swap) {
      const living = await databases.identify(databases.live);
      if (living !== undefined && living === identity) return 0;
      // A new server may have no database yet: what is put aside is then an empty one.
      await databases.ensure(databases.live);
      return databases.exchange(swap);
    },
    async close() {
      if ((await databases.identify(model).catch(() => undefined)) !== undefined) await databases.drop(model);
      await databases.close();
    },
  };
}
