export type { BatchDocument, BatchItem, Document, DocumentDetail } from './schema.ts';
export {
  countDocuments,
  type DocumentCounts,
  fetchDocument,
  getDocument,
  ingestBatch,
  listDocuments,
  removeDocument,
  restoreDocument,
  retryDocument,
} from './service.ts';
