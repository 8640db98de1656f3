import type { Drive } from './drive.ts';
import type { ProfileName, Stage } from './profiles.ts';
import { THRESHOLDS } from './scenario.ts';
import { type Figures, percentile, type Second } from './tally.ts';
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

type Checked = Pick<Outcome, 'all' | 'pages' | 'streams' | 'late'>;

/** What was to be kept, and whether it was. */
function checksOf({ all, pages, streams, late }: Checked): Outcome['checks'] {
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const slowest = Math.max(0, ...Object.values(pages).map(({ p95 }) => p95));
  const limit = (what: string, value: number, most: number, text = ms) => ({
    what: `${what} ≤ ${text(most)}`,
    found: text(value),
    passed: value <= most,
  });
  return [
    limit('failed requests', all.failed, THRESHOLDS.failed, String),
    limit('p95 of requests', all.p95, THRESHOLDS.p95Ms),
    limit('p99 of requests', all.p99, THRESHOLDS.p99Ms),
    limit('p95 of the slowest kind of page', slowest, THRESHOLDS.pageP95Ms),
    limit('broken streams', streams.broken, THRESHOLDS.brokenStreams, String),
    limit('lateness of the runner, p99', late.p99, THRESHOLDS.lateP99Ms),
  ];
}
