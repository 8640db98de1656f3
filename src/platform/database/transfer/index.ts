export type { Catalog, LedgerEntry, SequenceState, TableShape } from './catalog.ts';
export { type ContentMeasure, createContentMeter } from './content-meter.ts';
export { snapshotHeld, snapshotRunning } from './running-snapshot.ts';
export { createScratch, type Scratch, type ScratchPlace } from './scratch.ts';
export { openSnapshot, type Snapshot } from './snapshot.ts';
