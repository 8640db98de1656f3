export { findTechnologyBySlug } from './catalogue/index.ts';
export {
  type Detection,
  detectionSchema,
  evidenceSchema,
  type HistoryEntry,
  historySchema,
} from './schema.ts';
export { listAllDetections, listHistory, pinPackage } from './service.ts';
export {
  countScannedRepositories,
  listUseEvidence,
  listUses,
  summarizeUsage,
  type TechnologyUsage,
} from './summarize-usage.ts';
