import type { Operations } from '../../api/types.ts';
import { formatNumber, formatShare } from '../../ui/format.ts';
import { Panel } from '../../ui/page.tsx';

type Objective = Operations['objectives'][number];

const LOW = 0.25;

/** How much of the budget is left, as a bar. */
function Budget({ name, left }: { name: string; left: number }) {
  const shown = Math.min(1, Math.max(0, left));
  const tone = left <= 0 ? 'bg-hold' : left < LOW ? 'bg-assess' : 'bg-adopt';
  return (
    // biome-ignore lint/a11y/useSemanticElements: no style sheet reaches the bar of a <meter> in every browser.
    <div
      role="meter"
      aria-label={`Error budget of ${name} that is left`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(shown * 100)}
      className="mt-2 h-1.5 overflow-hidden rounded-full bg-sunken"
    >
      <div className={`h-full rounded-full ${tone}`} style={{ width: `${shown * 100}%` }} />
    </div>
  );
}

const burnText = (rate: number | null): string =>
  rate === null ? '–' : `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}×`;

function ObjectiveItem({ objective }: { objective: Objective }) {
  const { name, goal, requests, missed, met, budgetLeft, burnRates } = objective;
  return (
    <li className="px-4 py-3" data-objective={name}>
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="font-medium first-letter:uppercase">{name}</h3>
        <span className="text-lg font-semibold tabular-nums">{met === null ? '–' : formatShare(met)}</span>
      </div>
      <p className="text-xs text-muted">{goal}, over 30 days.</p>
      {budgetLeft === null ? (
        <p className="mt-2 text-sm text-muted">Nothing was asked yet.</p>
      ) : (
        <>
          <Budget name={name} left={budgetLeft} />
          <p className="mt-1.5 text-sm">
            {budgetLeft > 0
              ? `${formatShare(budgetLeft)} of the error budget is left: `
              : 'The error budget is used up: '}
            {formatNumber(missed)} of {formatNumber(requests)} requests missed it.
          </p>
          <p className="mt-1 text-xs text-muted tabular-nums">
            Pace, where 1× lasts 30 days:{' '}
            {Object.entries(burnRates)
              .map(([window, rate]) => `${burnText(rate)} in ${window}`)
              .join(' · ')}
          </p>
        </>
      )}
    </li>
  );
}

/** What people may expect, and how much of what may go wrong is used up. */
export function ObjectivesPanel({ objectives }: { objectives: readonly Objective[] }) {
  return (
    <Panel title="Objectives">
      <ul className="divide-y divide-line">
        {objectives.map((objective) => (
          <ObjectiveItem key={objective.name} objective={objective} />
        ))}
      </ul>
    </Panel>
  );
}
