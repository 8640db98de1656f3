/** What one series of a metric is told apart by, in the order of the metric's label names. */
type Values = readonly string[];

/** One line of the exposition format. */
export interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** What a metric says of itself and has counted, as prom-client writes it out. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labelNames: readonly string[];
  samples(): readonly Sample[];
}

export interface Counter<Labels extends Values> {
  add(...labels: Labels): void;
}

export interface Histogram<Labels extends Values> {
  observe(value: number, ...labels: Labels): void;
  /** The upper ends of its buckets; above the last one there is one more. */
  readonly bounds: readonly number[];
  /** What was counted since the start, for who keeps it elsewhere: not to be changed. */
  series(): readonly (readonly [Labels, Readonly<Distribution>])[];
}

/** A series more would cost memory here and in Prometheus for ever, whoever invents label values. */
const MOST_SERIES = 1000;
const OTHER = 'other';

export interface Naming {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

export function createCounter<Labels extends Values>(naming: Naming): Counter<Labels> & Family {
  const series = createSeries(() => ({ value: 0 }));
  return {
    ...naming,
    type: 'counter',
    add(...labels) {
      series.get(labels).value += 1;
    },
    samples: () => {
      const samples = series
        .all()
        .map(([labels, { value }]) => ({ labels: named(naming.labelNames, labels), value }));
      // Without labels there is one series, and it is there before anything is counted.
      return samples.length === 0 && naming.labelNames.length === 0 ? [{ labels: {}, value: 0 }] : samples;
    },
  };
}

export interface Distribution {
  /** How many values lie in each bucket, the one above the last bound included. */
  readonly counts: number[];
  sum: number;
}

export function createHistogram<Labels extends Values>(
  naming: Naming & { bounds: readonly number[] },
): Histogram<Labels> & Family {
  const { bounds, name, help, labelNames } = naming;
  const series = createSeries<Distribution>(() => ({
    counts: new Array<number>(bounds.length + 1).fill(0),
    sum: 0,
  }));
  return {
    name,
    help,
    labelNames,
    bounds,
    type: 'histogram',
    series: () => series.all() as [Labels, Distribution][],
    observe(value, ...labels) {
      const found = series.get(labels);
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
      found.counts[bucket] = (found.counts[bucket] ?? 0) + 1;
      found.sum += value;
    },
    samples: () =>
      series.all().flatMap(([labels, found]) => lines(name, named(labelNames, labels), bounds, found)),
  };
}

function lines(
  name: string,
  labels: Record<string, string>,
  bounds: readonly number[],
  { counts, sum }: Distribution,
): Sample[] {
  let total = 0;
  const buckets = counts.map((count, at) => {
    total += count;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[at] ?? '+Inf' }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}

/** The state of each combination of label values, of which there are never more than a bounded number. */
function createSeries<T>(create: () => T): { get(labels: Values): T; all(): [Values, T][] } {
  const byKey = new Map<string, { labels: Values; state: T }>();
  const add = (key: string, labels: Values): T => {
    const state = create();
    byKey.set(key, { labels, state });
    return state;
  };
  return {
    get(labels) {
      const key = labels.join('\n');
      const found = byKey.get(key);
      if (found) return found.state;
      if (byKey.size < MOST_SERIES) return add(key, labels);
      return (
        byKey.get(OTHER)?.state ??
        add(
          OTHER,
          labels.map(() => OTHER),
        )
      );
    },
    all: () => [...byKey.values()].map(({ labels, state }) => [labels, state]),
  };
}

function named(names: readonly string[], values: Values): Record<string, string> {
  return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
}
