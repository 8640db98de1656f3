export { chooseSet, saveReplaced } from './choose-set.ts';
export { finishFolderSwap } from './folders.ts';
export { readJournal, type Step } from './journal.ts';
export type { Place } from './place.ts';
export { previewRestore, type RestorePreview } from './preview.ts';
export {
  forgetKept,
  type RestoreResult,
  restoreSet,
  resumeRestore,
  tryRestore,
  undoSetRestore,
} from './restore.ts';
