import { ArchiveRestore, CircleAlert, DatabaseBackup, LifeBuoy, Rocket } from 'lucide-react';
import type { TimelineEntry } from '../../api/types.ts';
import { formatMoment, formatSeconds } from '../../ui/format.ts';
import { Panel } from '../../ui/page.tsx';

const ICONS = {
  deploy: Rocket,
  incident: CircleAlert,
  backup: DatabaseBackup,
  restore: ArchiveRestore,
  drill: LifeBuoy,
} as const;
const NAMES = {
  deploy: 'Deploy',
  incident: 'Incident',
  backup: 'Backup',
  restore: 'Restore',
  drill: 'Drill',
} as const;
const TONES = {
  info: 'bg-sunken text-muted',
  warning: 'bg-caution-soft text-assess',
  critical: 'bg-danger-soft text-hold',
} as const;

/** How long an incident lasted, or that it lasts. */
function spanOf({ kind, at, until }: TimelineEntry): string {
  if (kind !== 'incident') return '';
  if (until === null) return ' · goes on';
  return ` · for ${formatSeconds((Date.parse(until) - Date.parse(at)) / 1000)}`;
}

/** What has happened to the installation, the newest first. */
export function TimelinePanel({ entries }: { entries: TimelineEntry[] }) {
  return (
    <Panel title="Timeline" aside="deploys, incidents, backups, restores and drills of 30 days">
      {entries.length === 0 ? (
        <p className="p-4 text-muted">Nothing has happened yet.</p>
      ) : (
        <ol className="px-4 py-1">
          {entries.map((entry) => {
            const Icon = ICONS[entry.kind];
            return (
              <li
                key={`${entry.kind} ${entry.at} ${entry.title}`}
                data-happened={entry.kind}
                className="relative flex gap-3 py-2.5 not-last:before:absolute not-last:before:top-9 not-last:before:bottom-[-0.625rem] not-last:before:left-3 not-last:before:w-px not-last:before:bg-line"
              >
                <span
                  className={`flex size-6 shrink-0 items-center justify-center rounded-full ${TONES[entry.severity]}`}
                >
                  <Icon aria-hidden className="size-3.5" />
                </span>
                <div className="min-w-0 flex-1">
                  <p className="text-xs leading-6 text-muted">
                    <time dateTime={entry.at}>{formatMoment(entry.at)}</time>
                    <span className="sr-only"> {NAMES[entry.kind]}</span>
                    {spanOf(entry)}
                  </p>
                  <p className="break-words">{entry.title}</p>
                  {entry.detail && <p className="text-xs break-words text-muted">{entry.detail}</p>}
                </div>
              </li>
            );
          })}
        </ol>
      )}
    </Panel>
  );
}
