export { countDrift } from './list-drift.ts';
export { countByRing } from './service.ts';
