import type { ComparedTable } from './contents.ts';

export const SCENARIOS = ['corrupted-database', 'lost-host', 'lost-site'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** What the review asks for. */
export const OBJECTIVES = { rtoSeconds: 30 * 60, rpoSeconds: 24 * 3600 } as const;

export interface DrillStep {
  name: string;
  seconds: number;
  /** Whether somebody who has a real disaster waits for it: comparing is for the drill alone. */
  counted: boolean;
}

export interface ScenarioReport {
  name: ScenarioName;
  /** `not-covered`: this installation has nothing that it could come back from. */
  outcome: 'held' | 'failed' | 'not-covered';
  /** Why it is not `held`. */
  problem: string | null;
  /** What was done. */
  disaster: string | null;
  /** How the product showed that something is wrong. */
  noticed: string | null;
  /** What it came back from. */
  source: string | null;
  /** From the disaster to the first good answer, without the comparison. */
  rtoSeconds: number | null;
  /** What would be lost if it had happened to the installation at this moment: the age of what it could come back from. */
  rpoSeconds: number | null;
  steps: DrillStep[];
  changes: {
    /** Marked changes that were there when the backup was made. */
    backedUp: number;
    cameBack: number;
    /** Acknowledged later, up to the disaster, and lost with it. */
    lost: number;
    /** Between the last that came back, or the moment of the backup, and the last one that was acknowledged. */
    lostSeconds: number;
  } | null;
  tables: ComparedTable[];
}

export interface DrillReport {
  format: 'commandcenter-drill';
  formatVersion: 1;
  /** Its name: `20261126T020000Z-4f3a9c`. */
  id: string;
  startedAt: string;
  endedAt: string;
  version: string;
  runtime: 'embedded' | 'server';
  /** What the installations of the drill were made from. */
  set: { name: string; takenAt: string; rows: number; bytes: number };
  objectives: { rtoSeconds: number; rpoSeconds: number };
  /** `incomplete`: what was played held, and something is not covered. */
  outcome: 'held' | 'failed' | 'incomplete';
  scenarios: ScenarioReport[];
  /** What this drill does not show. */
  notShown: string[];
}

export function outcomeOf(scenarios: readonly ScenarioReport[]): DrillReport['outcome'] {
  if (scenarios.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return scenarios.every(({ outcome }) => outcome === 'held') ? 'held' : 'incomplete';
}

/** A scenario in which nothing has happened yet. */
export function emptyScenario(name: ScenarioName): ScenarioReport {
  const nothing = { disaster: null, noticed: null, source: null, rtoSeconds: null, rpoSeconds: null };
  return { name, outcome: 'failed', problem: null, ...nothing, steps: [], changes: null, tables: [] };
}

/** Decides whether what was measured holds; says what does not. */
export function judge(scenario: ScenarioReport): ScenarioReport {
  const { tables, changes, rtoSeconds, rpoSeconds } = scenario;
  const differing = tables.filter(({ equal }) => !equal).map(({ name }) => name);
  const problems = [
    differing.length > 0 ? `These tables are not what was there: ${differing.join(', ')}.` : '',
    tables.length === 0 ? 'No table was compared.' : '',
    changes && changes.cameBack !== changes.backedUp
      ? `${changes.cameBack} of ${changes.backedUp} changes that were backed up came back.`
      : '',
    rtoSeconds === null || rtoSeconds > OBJECTIVES.rtoSeconds
      ? `Coming back took longer than ${OBJECTIVES.rtoSeconds / 60} minutes.`
      : '',
    rpoSeconds === null || rpoSeconds > OBJECTIVES.rpoSeconds
      ? `More than ${OBJECTIVES.rpoSeconds / 3600} hours would be lost.`
      : '',
  ].filter(Boolean);
  if (problems.length === 0) return { ...scenario, outcome: 'held', problem: null };
  return { ...scenario, outcome: 'failed', problem: problems.join(' ') };
}
