export type { DriftItem, DriftKind, Severity } from './detect-drift.ts';
export { countDrift, listDrift } from './list-drift.ts';
export { listMoves, moveTechnology } from './move-technology.ts';
export { getRadar, getRadarSvg } from './read-radar.ts';
export { KINDS, type Kind, RINGS, type Ring } from './rings.ts';
export type { Move, Radar, Technology } from './schema.ts';
export { countByRing, getTechnology, listTechnologies } from './service.ts';
