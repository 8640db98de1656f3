export type { Reading, Tx } from '#platform/database/index.ts';
export { type Activity, readLatest } from './activity-store.ts';
export type { Caller, Membership, Visit } from './caller.ts';
export { type Context, createContext } from './context.ts';
export { type Actor, type Platform, type Role, systemActor } from './platform.ts';
export { addActivity, PEOPLE_CHANGED, recordActivity, recordIdentityActivity } from './record-activity.ts';
