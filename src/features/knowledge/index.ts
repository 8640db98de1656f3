export { countDocuments } from './service.ts';
