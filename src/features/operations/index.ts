export {
  backupFolder,
  type CreatedSet,
  createSet,
  exportSet,
  findSet,
  listSets,
  makeUpgradeSet,
  type Progress as SetProgress,
  type SetSummary,
  type Verification,
  verifySet,
} from './backup/index.ts';
export type { OffSiteCheck } from './backup/off-site-check.ts';
export { listOffSite, type OffSiteSet } from './backup/off-site-copy.ts';
export { fetchCopy } from './backup/off-site-fetch.ts';
export { withOffSite } from './backup/off-site-open.ts';
export type { PrunePlace, PruneResult } from './backup/prune.ts';
export { pruneNow } from './backup/prune-now.ts';
export { checkCopy, copyNow } from './backup/schedule-work.ts';
export {
  type DeployOptions,
  type DeployStatus,
  deploy,
  deployStatus,
  type OperationResult,
  type Progress,
  resume,
  rollback,
} from './deploy/index.ts';
export type { Finding } from './doctor/finding.ts';
export { createProbes } from './doctor/probes.ts';
export { type DoctorReport, type FixOutcome, runDoctor, runFixes } from './doctor/run-doctor.ts';
export {
  type CheckedReport,
  checkReport,
  type DrillReport,
  keepReport,
  ownPublicKey,
  runDrill,
} from './drill/index.ts';
export { renderEnvironmentExample } from './environment/folder-files.ts';
export type { FolderOptions } from './environment/folder-options.ts';
export { createProductionFolder, type ProductionFolder } from './environment/production-folder.ts';
export { type Kit, makeKit } from './kit/make-kit.ts';
export type { EdgeLimits, NginxOptions, RequestRate, TlsOptions } from './nginx/options.ts';
export { renderNginx } from './nginx/render-nginx.ts';
export { renderUpstreams, type Upstreams } from './nginx/render-upstreams.ts';
export {
  type ArchivedBackup,
  type BackupType,
  backUp,
  checkHoldings,
  compareCopy,
  composeArchive,
  composePlace,
  discardCopy,
  previewRecovery,
  putInPlace,
  type RecoveryPlan,
  readHoldings,
  recoverBeside,
  type TableRows,
  undoRestore,
} from './point-in-time/index.ts';
export {
  chooseSet,
  finishFolderSwap,
  forgetKept,
  type Place,
  previewRestore,
  type RestorePreview,
  type RestoreResult,
  restoreSet,
  resumeRestore,
  type Step,
  saveReplaced,
  tryRestore,
  undoSetRestore,
} from './restore/index.ts';
export { scrubberOf } from './support/diagnosis.ts';
export { type Bundle, type BundleFile, makeBundle } from './support/make-bundle.ts';
export type { Overview, Requests } from './watch/schema.ts';
