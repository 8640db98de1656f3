/** What became of one call. */
export interface CallResult {
  /** Method and template of the path. */
  readonly name: string;
  /** When it should have been sent, and when it was answered, in ms from the start. */
  readonly intendedMs: number;
  readonly doneMs: number;
  /** Why it counts as failed: status and code, or the error of the connection. */
  readonly failure?: string;
}

/** Times are of what was not refused: being told at once to come later is fast. */
export interface Figures {
  readonly count: number;
  readonly failed: number;
  /** Of those that failed, refused by a server that has too much to do. */
  readonly refused: number;
  readonly p50Refused: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Second {
  readonly second: number;
  /** Answered in this second. */
  readonly done: number;
  readonly failed: number;
  /** Of what should have been sent in this second. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Counts what a run sees. Times are kept one by one: percentiles of percentiles are none. */
export interface Tally {
  call(result: CallResult): void;
  /** A whole page, from when it should have been opened until its last answer. */
  page(journey: string, intendedMs: number, doneMs: number, failed: boolean): void;
  readonly requests: number;
  readonly failures: Readonly<Record<string, number>>;
  all(): Figures;
  calls(): Record<string, Figures>;
  pages(): Record<string, Figures>;
  /** Of what should have been sent between two moments. */
  between(fromMs: number, toMs: number): { calls: Figures; pages: Figures };
  seconds(): Second[];
}

interface Sample {
  name: string;
  intendedMs: number;
  doneMs: number;
  failed: boolean;
  refused?: boolean;
}

const REFUSED = '503 overloaded';

/** The value below which a share of the values lies; 0 of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function figuresOf(samples: readonly Sample[]): Figures {
  const timesOf = (some: readonly Sample[]): number[] =>
    some.map(({ intendedMs, doneMs }) => doneMs - intendedMs).sort((a, b) => a - b);
  const sorted = timesOf(samples.filter(({ refused }) => !refused));
  const refused = timesOf(samples.filter((sample) => sample.refused));
  return {
    count: samples.length,
    failed: samples.filter(({ failed }) => failed).length,
    refused: refused.length,
    p50Refused: percentile(refused, 0.5),
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? 0,
  };
}

const byName = (samples: readonly Sample[]): Record<string, Figures> =>
  Object.fromEntries(
    [...Map.groupBy(samples, ({ name }) => name)].map(([name, all]) => [name, figuresOf(all)]),
  );

export function createTally(): Tally {
  const calls: Sample[] = [];
  const pages: Sample[] = [];
  const failures: Record<string, number> = {};
  return {
    call({ failure, ...result }) {
      calls.push({ ...result, failed: failure !== undefined, refused: failure === REFUSED });
      if (failure !== undefined) failures[failure] = (failures[failure] ?? 0) + 1;
    },
    page(name, intendedMs, doneMs, failed) {
      pages.push({ name, intendedMs, doneMs, failed });
    },
    get requests() {
      return calls.length;
    },
    failures,
    all: () => figuresOf(calls),
    calls: () => byName(calls),
    pages: () => byName(pages),
    between(fromMs, toMs) {
      const within = ({ intendedMs }: Sample): boolean => intendedMs >= fromMs && intendedMs < toMs;
      return { calls: figuresOf(calls.filter(within)), pages: figuresOf(pages.filter(within)) };
    },
    seconds() {
      const done = Map.groupBy(calls, ({ doneMs }) => Math.floor(doneMs / 1000));
      const intended = Map.groupBy(calls, ({ intendedMs }) => Math.floor(intendedMs / 1000));
      const last = Math.max(-1, ...done.keys(), ...intended.keys());
      return Array.from({ length: last + 1 }, (_, second) => {
        const answered = done.get(second) ?? [];
        const { p50, p95, p99 } = figuresOf(intended.get(second) ?? []);
        const failed = answered.filter((one) => one.failed).length;
        return { second, done: answered.length, failed, p50, p95, p99 };
      });
    },
  };
}
