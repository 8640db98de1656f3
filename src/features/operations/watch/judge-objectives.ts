import type { Alert } from './incidents-store.ts';
import {
  burns,
  FEW_REQUESTS,
  OBJECTIVE_WINDOW,
  type Objective,
  objectives,
  type Window,
} from './objectives.ts';
import type { Counted, CountedWindows } from './watch-store.ts';

export interface ObjectiveState {
  readonly name: Objective['name'];
  readonly goal: string;
  /** Of 30 days. */
  readonly requests: number;
  readonly missed: number;
  /** The share that met it; null if there was no request. */
  readonly met: number | null;
  /** What is left of the budget: 1 is all of it, below 0 the objective is missed. */
  readonly budgetLeft: number | null;
  /** How many times the pace that the budget allows, by window. */
  readonly burnRates: Readonly<Record<string, number | null>>;
}

const SHOWN: readonly Window[] = ['5m', '1h', '6h', '1d', '3d'];

const missedIn = ({ name }: Objective, counted: Counted): number =>
  name === 'availability' ? counted.failed : counted.slow;

/** The share of requests that missed the objective; null if there was none. */
function shareMissed(objective: Objective, counted: Counted): number | null {
  return counted.requests === 0 ? null : missedIn(objective, counted) / counted.requests;
}

/** Where each objective stands. */
export function judgeObjectives(windows: CountedWindows): ObjectiveState[] {
  return objectives.map((objective) => {
    const { name, goal, budget } = objective;
    const share = shareMissed(objective, windows[OBJECTIVE_WINDOW]);
    const burnRate = (window: Window): number | null => {
      const missed = shareMissed(objective, windows[window]);
      return missed === null ? null : missed / budget;
    };
    return {
      name,
      goal,
      requests: windows[OBJECTIVE_WINDOW].requests,
      missed: missedIn(objective, windows[OBJECTIVE_WINDOW]),
      met: share === null ? null : 1 - share,
      budgetLeft: share === null ? null : 1 - share / budget,
      burnRates: Object.fromEntries(SHOWN.map((window) => [window, burnRate(window)])),
    };
  });
}

/** Which budgets are used up too fast, as the rules of Prometheus say it. */
export function findBurning(windows: CountedWindows): Alert[] {
  return objectives.flatMap((objective) =>
    burns.flatMap(({ speed, severity, windows: pairs, counted }) => {
      const rate = (window: Window): number =>
        (shareMissed(objective, windows[window]) ?? 0) / objective.budget;
      const found = pairs.find(({ factor, long, short }) => rate(long) > factor && rate(short) > factor);
      if (!found || windows[counted].requests <= FEW_REQUESTS) return [];
      const what = objective.name === 'availability' ? 'failed' : 'took too long';
      const share = ((shareMissed(objective, windows[found.long]) ?? 0) * 100).toFixed(1);
      return [
        {
          rule: `${objective.name}-burns-${speed}`,
          subject: '',
          severity,
          summary: `${share} % of the requests of ${found.long} ${what}: the budget of 30 days is used up ${Math.round(rate(found.long))} times too fast.`,
          runbook: 'error-budget',
          holdSeconds: 0,
        },
      ];
    }),
  );
}
