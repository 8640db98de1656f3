import type { ReactNode } from 'react';
import type { Backups } from '../../api/types.ts';
import { formatBytes, formatSeconds } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/page.tsx';

function Fact({ name, children, hint }: { name: string; children: ReactNode; hint: ReactNode }) {
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="mt-0.5 text-lg font-semibold tabular-nums">{children}</dd>
      <dd className="text-xs wrap-anywhere text-muted">{hint}</dd>
    </div>
  );
}

/** What coming back would cost at this moment, as it was measured. */
export function BackupFacts({ backups }: { backups: Backups }) {
  const { sets, schedule, offSite } = backups;
  const verified = sets.find(({ verification }) => verification?.held);
  return (
    <Panel className="overflow-hidden">
      <dl className="grid grid-cols-1 gap-px bg-line sm:grid-cols-2 xl:grid-cols-4">
        <Fact name="Newest verified" hint="what was written since would be lost">
          {verified?.takenAt ? <Moment at={verified.takenAt} /> : 'none'}
        </Fact>
        <Fact name="Time to come back" hint="measured when that backup was restored and compared">
          {verified?.verification ? formatSeconds(verified.verification.recoverySeconds) : 'not measured'}
        </Fact>
        <Fact name="Next one" hint={schedule === null ? 'BACKUP_SCHEDULE is off' : 'cron, in UTC'}>
          {schedule === null ? 'by hand' : <code className="text-base">{schedule}</code>}
        </Fact>
        <Fact name="Elsewhere" hint={offSite ? offSite.place : 'BACKUP_OFFSITE names a place for copies'}>
          {offSite ? offSite.copiedAt ? <Moment at={offSite.copiedAt} /> : 'not yet' : 'nowhere'}
        </Fact>
      </dl>
      <p className="border-t border-line px-4 py-2 text-xs text-muted">
        {sets.length > 0 && `${formatBytes(sets.reduce((sum, { bytes }) => sum + bytes, 0))} in all. `}
        {offSite?.checkedAt && (
          <>
            A copy elsewhere was fetched and compared <Moment at={offSite.checkedAt} />.
          </>
        )}
        {offSite && !offSite.checkedAt && 'No copy elsewhere has been fetched and compared yet.'}
        {!offSite && 'Everything is lost with this host as long as no copy is elsewhere.'}
      </p>
    </Panel>
  );
}
