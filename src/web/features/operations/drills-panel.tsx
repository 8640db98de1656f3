import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Drill, DrillScenario, Drills } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { formatMoment, formatSeconds } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/page.tsx';

const POLL_MS = 60_000;

const TITLES: Record<string, string> = {
  'corrupted-database': 'Corrupted database',
  'lost-host': 'Lost host',
  'lost-site': 'Lost site',
};

function useDrills() {
  return useQuery({
    queryKey: ['drills'],
    queryFn: () => dataOf(api.GET('/api/v1/drills')),
    refetchInterval: POLL_MS,
  });
}

function OutcomeBadge({ outcome }: { outcome: Drill['outcome'] | DrillScenario['outcome'] }) {
  if (outcome === 'held') return <Badge tone="positive">held</Badge>;
  if (outcome === 'failed') return <Badge tone="danger">failed</Badge>;
  return <Badge tone="caution">{outcome === 'incomplete' ? 'not all covered' : 'not covered'}</Badge>;
}

function Scenario({ scenario }: { scenario: DrillScenario }) {
  const { name, outcome, problem, rtoSeconds, rpoSeconds, tables } = scenario;
  return (
    <li className="min-w-0 flex-1 basis-56" data-scenario={name}>
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{TITLES[name] ?? name}</span>
        <OutcomeBadge outcome={outcome} />
      </p>
      {rtoSeconds !== null && rpoSeconds !== null && (
        <p className="text-xs text-muted tabular-nums">
          back after {formatSeconds(rtoSeconds)} · {formatSeconds(rpoSeconds)} would be lost · {tables.equal}{' '}
          of {tables.compared} tables equal
        </p>
      )}
      {problem && <p className="mt-1 text-sm break-words text-hold">{problem}</p>}
    </li>
  );
}

function DrillRow({ drill }: { drill: Drill }) {
  const { id, endedAt, outcome, signed, scenarios, set, version } = drill;
  const report = `/api/v1/drills/${id}`;
  return (
    <li className="grid gap-2 px-4 py-3" data-drill={id}>
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{formatMoment(endedAt)}</span>
        <OutcomeBadge outcome={outcome} />
        {!signed && <Badge tone="danger">not as it was signed</Badge>}
        <span className="text-xs wrap-anywhere text-muted">
          from <code>{set}</code>, version {version}
        </span>
      </p>
      <ul className="flex flex-wrap gap-x-6 gap-y-2">
        {scenarios.map((scenario) => (
          <Scenario key={scenario.name} scenario={scenario} />
        ))}
      </ul>
      <p className="flex gap-4 text-sm">
        <a className="text-accent underline" href={`${report}/report.md`} download={`drill-${id}.md`}>
          Report
        </a>
        <a className="text-accent underline" href={`${report}/report.json`} download={`drill-${id}.json`}>
          Report as JSON
        </a>
      </p>
    </li>
  );
}

function Found({ drills }: { drills: Drills }) {
  const { items, overdue, overdueDays, publicKey, objectives } = drills;
  return (
    <Panel title="Drills" aside={`${items.length}`}>
      {overdue && (
        <div className="p-4 pb-0">
          <ProblemNotice
            error={{
              message: `No disaster was played for more than ${overdueDays} days.`,
              remedy: 'Run `commandcenter drill`: it touches nothing that lives.',
            }}
          />
        </div>
      )}
      {items.length === 0 ? (
        <div className="grid gap-3 p-4">
          <p className="text-sm text-muted">
            None has been played. A drill plays a corrupted database, a lost host and a lost site with real
            processes in a place of their own, and measures how long it takes to come back and what would be
            lost.
          </p>
          <CopyField label="Play the disasters" value="commandcenter drill" />
        </div>
      ) : (
        <ul className="divide-y divide-line">
          {items.map((drill) => (
            <DrillRow key={drill.id} drill={drill} />
          ))}
        </ul>
      )}
      <p className="border-t border-line px-4 py-2 text-xs wrap-anywhere text-muted">
        Objectives: back within {formatSeconds(objectives.rtoSeconds)}, {objectives.rpoSeconds / 3600} hours
        lost at most.
        {publicKey && (
          <>
            {' '}
            Reports are signed by <code>{publicKey}</code> (Ed25519); note it elsewhere.
          </>
        )}
      </p>
    </Panel>
  );
}

/** What playing a disaster has shown. */
export function DrillsPanel() {
  const query = useDrills();
  return <Loaded query={query}>{(drills) => <Found drills={drills} />}</Loaded>;
}
