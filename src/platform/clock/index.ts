export { type Cron, occurrenceBefore, parseCron } from './cron.ts';
/** Time is passed in where it matters, so that tests can set it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
