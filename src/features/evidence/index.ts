export { findTechnologyBySlug } from './catalogue/index.ts';
export type { Detection, HistoryEntry } from './schema.ts';
export { listHistory } from './service.ts';
export {
  countScannedRepositories,
  listUseEvidence,
  listUses,
  summarizeUsage,
  type TechnologyUsage,
} from './summarize-usage.ts';
export { readScannedCount } from './usage-store.ts';
