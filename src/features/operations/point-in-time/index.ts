export { type Archive, composeArchive } from './archive.ts';
export type { ArchivedBackup } from './backups.ts';
export { type BackupType, serverSettings } from './commands.ts';
export { composePlace } from './compose-place.ts';
export { backUp, checkHoldings, previewRecovery, readHoldings } from './keep.ts';
export type { Answer, Place } from './place.ts';
export type { RecoveryPlan } from './plan.ts';
export { putInPlace, undoRestore } from './put-in-place.ts';
export { type Copy, compareCopy, discardCopy, recoverBeside, type TableRows } from './recover.ts';
