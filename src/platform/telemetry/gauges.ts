import type { Family, Sample } from './recorders.ts';

/** One figure that is read when somebody asks. */
export interface GaugeNaming {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

/** Figures that are read together, because they cost one query or one call together. */
export interface GaugeReading {
  readonly gauges: readonly GaugeNaming[];
  /** Values by the gauge's name; a gauge that is left out has no value at the moment. */
  read(): Promise<GaugeValues> | GaugeValues;
}

/** A number, or one number for each combination of labels. */
export type GaugeValues = Readonly<Record<string, number | readonly Sample[] | undefined>>;

export interface Gauges {
  add(reading: GaugeReading): void;
  names(): GaugeNaming[];
  /** What all readings say now. Several readers share one gathering, and a reading that is late is left out. */
  read(): Promise<Family[]>;
}

const LIMIT_MS = 2000;
/** Readers that come at the same time, such as two Prometheus servers, cost one gathering. */
const FRESH_MS = 2000;

export function createGauges(countFailure: () => void): Gauges {
  const readings: { reading: GaugeReading; running: Promise<GaugeValues> | undefined }[] = [];
  let last: { at: number; families: Promise<Family[]> } | undefined;

  const gather = async (): Promise<Family[]> => {
    const families = await Promise.all(
      readings.map(async (entry) => {
        // A reading that is still under way from the last time is not begun a second time.
        entry.running ??= Promise.resolve(entry.reading.read()).finally(() => {
          entry.running = undefined;
        });
        try {
          return toFamilies(entry.reading.gauges, await withLimit(entry.running));
        } catch {
          countFailure();
          return [];
        }
      }),
    );
    return families.flat();
  };
  return {
    add: (reading) => void readings.push({ reading, running: undefined }),
    names: () => readings.flatMap(({ reading }) => reading.gauges),
    read() {
      if (!last || performance.now() - last.at > FRESH_MS)
        last = { at: performance.now(), families: gather() };
      return last.families;
    },
  };
}

async function withLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), LIMIT_MS);
  });
  // A reading that fails after its time has passed is nobody's error any more.
  work.catch(() => {});
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function toFamilies(gauges: readonly GaugeNaming[], values: GaugeValues): Family[] {
  return gauges.flatMap(({ name, help, labelNames = [] }) => {
    const value = values[name];
    if (value === undefined) return [];
    const samples = typeof value === 'number' ? [{ labels: {}, value }] : value;
    return [{ name, help, type: 'gauge' as const, labelNames, samples: () => samples }];
  });
}
