import type { Config } from '#platform/config/index.ts';

export interface EmbeddedOptions {
  /** Folder of the embedded database; the caller holds its lock. */
  directory: string;
  /** A prepared database to copy when the folder is new; see createTemplate. */
  template?: string | undefined;
}

/** How one process uses PostgreSQL; times as in the configuration, in seconds. */
export interface ServerOptions {
  url: string;
  settings: Pick<
    Config,
    | 'databasePoolSize'
    | 'databaseConnectTimeoutSeconds'
    | 'databaseStatementTimeoutSeconds'
    | 'databaseLockTimeoutSeconds'
    | 'databaseIdleTransactionSeconds'
    | 'databaseIdleSeconds'
    | 'databaseLifetimeSeconds'
  >;
}

/** What a pool stands on. */
export interface Backend {
  readonly runtime: 'embedded' | 'server';
  readonly exclusive: boolean;
  /** Where it is, for whoever wants a connection apart from the pool. */
  readonly options: EmbeddedOptions | ServerOptions;
  close(): Promise<void>;
}
