import type { Drive } from './drive.ts';
import { AFTER, type ProfileName, type Stage } from './profiles.ts';
import { THRESHOLDS } from './scenario.ts';
import { type Figures, percentile, type Second, type Tally } from './tally.ts';
import { type CpuUse, cpuBetween, type Reading } from './watch.ts';

/** One stage as it went. */
export interface StageOutcome {
  name: string;
  times: number;
  seconds: number;
  /** Requests of this stage by second. */
  perSecond: number;
  calls: Figures;
  pages: Figures;
  cpu: CpuUse | undefined;
}

/** A run in figures, as it is written to a file. */
export interface Outcome {
  profile: ProfileName;
  system: string;
  at: string;
  leftOut: readonly string[];
  machine: string;
  elapsedSeconds: number;
  endedBy: string;
  all: Figures;
  stages: StageOutcome[];
  calls: Record<string, Figures>;
  pages: Record<string, Figures>;
  failures: Record<string, number>;
  turnedAway: number;
  streams: { opened: number; broken: number };
  late: { p50: number; p99: number };
  /** The last stage before times or errors get out of hand, and the first beyond. */
  knee: { last: StageOutcome | undefined; beyond: StageOutcome | undefined };
  /** How many seconds after a spike all was as it should be and stayed so; undefined if it never was. */
  recoverySeconds: number | undefined;
  checks: { what: string; found: string; passed: boolean }[];
  seconds: Second[];
  readings: readonly Reading[];
}

export interface OutcomeFacts {
  profile: ProfileName;
  system: string;
  leftOut: readonly string[];
  machine: string;
  stages: readonly Stage[];
  drive: Drive;
  readings: readonly Reading[];
}

/** Whether a stage went as it should: this is what the knee is found by. */
export function isBeyond({ calls }: Pick<StageOutcome, 'calls'>): boolean {
  return calls.failed > THRESHOLDS.failed || calls.p99 > THRESHOLDS.p99Ms;
}

/** Makes figures of what a drive has seen. */
export function outcomeOf({ stages, drive, readings, ...facts }: OutcomeFacts): Outcome {
  const { tally, streams, turnedAway, endedBy, elapsedMs } = drive;
  const late = drive.lateMs.toSorted((a, b) => a - b);
  const found = stageOutcomes(stages, drive, readings);
  const at = found.findIndex(isBeyond);
  const outcome = {
    ...facts,
    at: new Date().toISOString(),
    elapsedSeconds: Math.round(elapsedMs / 1000),
    endedBy,
    all: tally.all(),
    stages: found,
    calls: tally.calls(),
    pages: tally.pages(),
    failures: { ...tally.failures },
    turnedAway,
    streams,
    late: { p50: percentile(late, 0.5), p99: percentile(late, 0.99) },
    recoverySeconds: recoveryOf(stages, tally),
    knee: { last: at === -1 ? found.at(-1) : found[at - 1], beyond: found[at] },
    seconds: tally.seconds(),
    readings,
  };
  return { ...outcome, checks: checksOf(outcome) };
}

function stageOutcomes(stages: readonly Stage[], drive: Drive, readings: readonly Reading[]): StageOutcome[] {
  let begin = 0;
  return stages.flatMap(({ name, times, seconds }) => {
    const from = begin;
    const to = Math.min(begin + seconds * 1000, drive.elapsedMs);
    begin += seconds * 1000;
    if (to - from < 1000) return [];
    const { calls, pages } = drive.tally.between(from, to);
    const length = (to - from) / 1000;
    const cpu = cpuBetween(readings, from, to);
    return [{ name, times, seconds: length, perSecond: calls.count / length, calls, pages, cpu }];
  });
}

const WINDOW_SECONDS = 5;

/** By windows of five seconds, so that one slow answer in a minute is not taken for a backlog. */
function recoveryOf(stages: readonly Stage[], tally: Tally): number | undefined {
  const at = stages.findIndex(({ name }) => name === AFTER);
  const after = stages[at];
  if (!after) return undefined;
  const begin = stages.slice(0, at).reduce((sum, { seconds }) => sum + seconds, 0);
  const windows = Array.from({ length: Math.floor(after.seconds / WINDOW_SECONDS) }, (_, n) => {
    const from = (begin + n * WINDOW_SECONDS) * 1000;
    return tally.between(from, from + WINDOW_SECONDS * 1000).calls;
  });
  const isBad = ({ failed, p95 }: Figures): boolean => failed > 0 || p95 > THRESHOLDS.p99Ms;
  const good = windows.findLastIndex(isBad) + 1;
  return good === windows.length ? undefined : good * WINDOW_SECONDS;
}

type Checked = Pick<Outcome, 'profile' | 'all' | 'pages' | 'stages' | 'streams' | 'late' | 'recoverySeconds'>;

/** What was to be kept, and whether it was. Of a spike it is what became of it; a server may refuse some of it. */
function checksOf(outcome: Checked): Outcome['checks'] {
  const { profile, all, pages, stages, streams, late, recoverySeconds = Number.POSITIVE_INFINITY } = outcome;
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const slowest = Math.max(0, ...Object.values(pages).map(({ p95 }) => p95));
  const limit = (what: string, value: number, most: number, text = ms) => ({
    what: `${what} ≤ ${text(most)}`,
    found: text(value),
    passed: value <= most,
  });
  const always = [
    limit('broken streams', streams.broken, THRESHOLDS.brokenStreams, String),
    limit('lateness of the runner, p99', late.p99, THRESHOLDS.lateP99Ms),
  ];
  if (profile === 'spike') {
    const spike = stages[1]?.calls ?? all;
    const seconds = (value: number): string => (Number.isFinite(value) ? `${value} s` : 'never');
    return [
      limit('failed otherwise than refused', all.failed - all.refused, THRESHOLDS.failed, String),
      limit('refused in the spike, until told so, p50', spike.p50Refused, THRESHOLDS.refusedP50Ms),
      limit('not refused in the spike, p95', spike.p95, THRESHOLDS.spikeP95Ms),
      limit('recovered after the spike', recoverySeconds, THRESHOLDS.recoverySeconds, seconds),
      ...always,
    ];
  }
  return [
    limit('failed requests', all.failed, THRESHOLDS.failed, String),
    limit('p95 of requests', all.p95, THRESHOLDS.p95Ms),
    limit('p99 of requests', all.p99, THRESHOLDS.p99Ms),
    limit('p95 of the slowest kind of page', slowest, THRESHOLDS.pageP95Ms),
    ...always,
  ];
}
