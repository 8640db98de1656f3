import { ShieldCheck } from 'lucide-react';
import type { BackupSet } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { count, formatBytes, formatMoment, formatSeconds } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { EmptyState } from '../../ui/notice.tsx';
import { Panel } from '../../ui/page.tsx';
import { useVerifyBackup } from './queries.ts';

function StateBadge({ set }: { set: BackupSet }) {
  if (set.state !== 'whole') return <Badge tone="danger">{set.state}</Badge>;
  if (!set.verification) return <Badge tone="caution">not verified</Badge>;
  return set.verification.held ? (
    <Badge tone="positive">verified</Badge>
  ) : (
    <Badge tone="danger">does not hold</Badge>
  );
}

function SetRow({ set, busy, onVerify }: { set: BackupSet; busy: boolean; onVerify: () => void }) {
  const { verification } = set;
  const problem = set.problem ?? verification?.problem;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3" data-set={set.name}>
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{set.takenAt ? formatMoment(set.takenAt) : set.name}</span>
          <StateBadge set={set} />
          {set.madeBefore && <Badge tone="neutral">before {set.madeBefore}</Badge>}
          {set.state === 'whole' && !set.encrypted && <Badge tone="caution">not encrypted</Badge>}
        </p>
        <p className="text-xs wrap-anywhere text-muted">
          <code>{set.name}</code>
          {set.state === 'whole' &&
            ` · ${formatBytes(set.bytes)} · ${count(set.rows, 'row')} · version ${set.version}`}
          {verification?.held && (
            <>
              {' '}
              · restored in {formatSeconds(verification.recoverySeconds)}, <Moment at={verification.at} />
            </>
          )}
        </p>
        {problem && <p className="mt-1 text-sm break-words text-hold">{problem}</p>}
      </div>
      {set.state === 'whole' && (
        <Button small disabled={busy} aria-label={`Verify ${set.name}`} onClick={onVerify}>
          <ShieldCheck aria-hidden className="size-3" />
          Verify
        </Button>
      )}
    </li>
  );
}

/** The sets, the newest first, and how each of them is. */
export function BackupSets({ sets, busy }: { sets: BackupSet[]; busy: boolean }) {
  const verify = useVerifyBackup();
  if (sets.length === 0) {
    return (
      <EmptyState title="There is no backup yet">
        The first one is made at the time of the schedule, or now.
      </EmptyState>
    );
  }
  return (
    <Panel title="Backups" aside={`${sets.length}`}>
      {verify.error && (
        <p role="alert" className="border-b border-line px-4 py-2 text-sm text-hold">
          {verify.error.message}
        </p>
      )}
      <ul className="divide-y divide-line">
        {sets.map((set) => (
          <SetRow
            key={set.name}
            set={set}
            busy={busy || verify.isPending}
            onVerify={() => verify.mutate(set.name)}
          />
        ))}
      </ul>
    </Panel>
  );
}

/** A restore replaces what this page stands on, so it is run from the command line. */
export function RestoreHelp({ newest }: { newest: BackupSet | undefined }) {
  return (
    <Panel title="To restore">
      <div className="grid grid-cols-1 gap-3 p-4">
        <p className="text-sm text-muted">
          A restore is made from the command line, on a host that has the backups and the identity that opens
          them. It is built beside the living data and put in its place at once.
        </p>
        <CopyField
          label="Put a backup in place"
          value={`commandcenter restore ${newest?.name ?? '<backup>'}`}
        />
        <CopyField label="Back to the state before" value="commandcenter restore --undo" />
      </div>
    </Panel>
  );
}
