// Sets: what restore, off-site copies, pruning and the schedule stand on.
//
//   createSet({ config, version, takeSnapshot, … })   makes one; takeSnapshot is `() => platform.database.snapshot()`
//                                                     in a server, `() => openSnapshot(options)` without one
//   listSets(backupFolder(config))                    what is there, without the key: state, size, verification
//   findSet(backupFolder(config), name?)              the folder of one, or of the newest whole one
//   openSet(folder, identitiesOf(config))             its manifest, checked by the seal, and its parts as streams:
//                                                     read(table), unpackFiles(directory), secretKeys()
//   fillScratch(scratch, set), compareScratch(…)      loads and compares (createScratch is in #platform/database)
//   verifySet({ config, version, folder, … })         all of that into a scratch database; writes verification.json
//   makeSafetySet(…), makeUpgradeSet(…)               before what can't be taken back; retention leaves them alone
//   removeSet(backupFolder(config), name)             for pruning
export { type CreatedSet, type CreateInput, createSet, type Progress } from './create-set.ts';
export { identitiesOf } from './encryption.ts';
export { exportSet } from './export-set.ts';
export { compareScratch, fillScratch } from './fill-scratch.ts';
export type { Manifest } from './manifest.ts';
export { makeSafetySet, makeUpgradeSet } from './safety-set.ts';
export { backupFolder } from './set-folder.ts';
export { findSet, isOrdinary, listSets, type OpenSet, openSet, removeSet, type SetSummary } from './sets.ts';
export type { Verification } from './verification.ts';
export { type VerifyInput, verifySet } from './verify-set.ts';
