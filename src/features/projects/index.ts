export { type DefaultProject, ensureDefaultProject } from './service.ts';
