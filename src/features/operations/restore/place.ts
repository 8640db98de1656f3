import { randomBytes } from 'node:crypto';
import type { EmbeddedOptions, ScratchPlace, ServerOptions } from '#platform/database/index.ts';

export interface Swap {
  incoming: string;
  outgoing: string;
  /** What `identify` said of the incoming one, where databases can be told apart whatever they are called. */
  identity: number | null;
  /** Runs while nobody uses the database, before the new one is in its place. */
  whileClosed(): Promise<void>;
}

/** Where the database of an installation is: a server, or a folder of the data directory. */
export interface Place {
  readonly runtime: 'embedded' | 'server';
  /** The living database. */
  readonly live: EmbeddedOptions | ServerOptions;
  names(id: string): { incoming: string; outgoing: string };
  /** Where a database of that name is made, also when the living one is not there or lets nobody in. */
  scratch(name: string): Promise<ScratchPlace>;
  identify(name: string): Promise<number | null>;
  isThere(name: string): Promise<boolean>;
  remove(name: string): Promise<void>;
  /** Does what is left of it, whatever a killed process has done before. Resolves with the outage in ms. */
  swap(swap: Swap): Promise<number>;
  close(): Promise<void>;
}

export const newOperationId = (): string => randomBytes(4).toString('hex');
