import type { Config } from '#platform/config/index.ts';
import { openFolders } from './folders.ts';
import type { Place } from './place.ts';
import { openServer } from './server.ts';

/** Takes the place for this process alone. Throws if somebody else is at it, or a server holds the folder. */
export function openPlace(config: Config): Promise<Place> {
  return config.databaseUrl === undefined
    ? openFolders(config.dataDir)
    : openServer({ url: config.databaseUrl, settings: config });
}
