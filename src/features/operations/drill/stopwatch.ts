import type { DrillStep } from './report.ts';

/** Measures the steps between a disaster and the first good answer. */
export interface Stopwatch {
  readonly steps: DrillStep[];
  /** The moment of the disaster, as a time; the last call counts. */
  strike(): void;
  struckAt(): number;
  step<T>(name: string, work: () => Promise<T>, options?: { counted: boolean }): Promise<T>;
  /** Since the disaster, without what is for the drill alone. */
  elapsed(): number;
}

export function createStopwatch(report: (step: string) => void): Stopwatch {
  const steps: DrillStep[] = [];
  let struck = 0;
  let clock = 0;
  let apart = 0;
  return {
    steps,
    strike() {
      [struck, clock, apart] = [Date.now(), performance.now(), 0];
    },
    struckAt: () => struck,
    async step(name, work, { counted } = { counted: true }) {
      report(name);
      const began = performance.now();
      const result = await work();
      const seconds = (performance.now() - began) / 1000;
      steps.push({ name, seconds, counted });
      if (!counted) apart += seconds;
      return result;
    },
    elapsed: () => (performance.now() - clock) / 1000 - apart,
  };
}
