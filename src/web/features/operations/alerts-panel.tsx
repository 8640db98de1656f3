import { CircleCheck } from 'lucide-react';
import type { Operations } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/page.tsx';

/** The alerts that are open, each with the page that says what to do. */
export function AlertsPanel({ alerts }: { alerts: Operations['alerts'] }) {
  if (alerts.length === 0) {
    return (
      <Panel>
        <p className="flex items-center gap-2.5 px-4 py-3">
          <CircleCheck aria-hidden className="size-4 text-adopt" />
          No alert is open.
        </p>
      </Panel>
    );
  }
  return (
    <Panel title="Alerts" aside={`${alerts.length} open`}>
      <ul className="divide-y divide-line">
        {alerts.map(({ id, severity, summary, beganAt, runbook }) => (
          <li key={id} data-alert={runbook} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-3">
            <Badge tone={severity === 'critical' ? 'danger' : 'caution'}>{severity}</Badge>
            <div className="min-w-0 flex-1 basis-72">
              <p className="break-words">{summary}</p>
              <p className="text-xs text-muted">
                since <Moment at={beganAt} /> · what to do: <code>docs/runbooks/{runbook}.md</code>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
