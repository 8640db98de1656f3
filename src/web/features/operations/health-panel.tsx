import type { Operations } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/page.tsx';

const TONES = { up: 'positive', degraded: 'caution', down: 'danger' } as const;

const toneOf = (status: string) => (status in TONES ? TONES[status as keyof typeof TONES] : 'neutral');

/** Every part, as the process that answers has checked it last. */
export function HealthPanel({ components }: { components: Operations['components'] }) {
  const well = components.filter(({ status }) => status === 'up').length;
  return (
    <Panel title="Health" aside={`${well} of ${components.length} parts work`}>
      <ul className="divide-y divide-line">
        {components.map(({ name, status, version, latencyMs, problem, lastSuccessAt }) => (
          <li key={name} data-part={name} className="px-4 py-2.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="font-medium first-letter:uppercase">{name}</span>
              <Badge tone={toneOf(status)}>{status}</Badge>
              <span className="ml-auto text-xs text-muted tabular-nums">
                {[version, latencyMs !== null && `${latencyMs} ms`].filter(Boolean).join(' · ')}
              </span>
            </div>
            {problem && (
              <p className="mt-1 text-sm break-words text-hold">
                {problem}
                {status === 'down' && lastSuccessAt && (
                  <span className="text-muted">
                    {' '}
                    It worked last <Moment at={lastSuccessAt} />.
                  </span>
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
