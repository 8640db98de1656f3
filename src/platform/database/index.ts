export type { EmbeddedOptions, ServerOptions } from './backend.ts';
export { createTemplate } from './create-template.ts';
export type { Database, Scope, Tx } from './database.ts';
export {
  type DataDirectoryLock,
  findLockHolder,
  isAlive,
  type LockHolder,
  lockDataDirectory,
} from './embedded/lock.ts';
export { sqlState } from './explain-error.ts';
export type { MigrationPlan } from './migrate.ts';
export { applyMigrations, openDatabase, readMigrationPlan, type Upgrade } from './open.ts';
export type { Reading, Row, Taken } from './reading.ts';
export {
  type Catalog,
  type ContentMeasure,
  createContentMeter,
  createScratch,
  type LedgerEntry,
  openSnapshot,
  type Scratch,
  type ScratchPlace,
  type SequenceState,
  type Snapshot,
  type TableShape,
} from './transfer/index.ts';
export type { DatabaseWatch } from './watch-pool.ts';
