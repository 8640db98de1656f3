export { readDocumentCounts } from './store.ts';
