export { createTemplate } from './create-template.ts';
export { type Database, type OpenDatabaseOptions, openDatabase, type Scope, type Tx } from './database.ts';
export {
  type DataDirectoryLock,
  findLockHolder,
  type LockHolder,
  lockDataDirectory,
} from './embedded/lock.ts';
