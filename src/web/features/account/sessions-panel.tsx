import { Monitor } from 'lucide-react';
import type { OpenSession } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/page.tsx';
import { useEndSessions, useSessions } from './queries.ts';
import { describeUserAgent } from './user-agent.ts';

type End = ReturnType<typeof useEndSessions>;

function SessionRow({ session, end }: { session: OpenSession; end: End }) {
  const name = describeUserAgent(session.userAgent);
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <Monitor aria-hidden className="size-4 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium" title={session.userAgent ?? undefined}>
            {name}
          </span>
          {session.current && <Badge tone="accent">this browser</Badge>}
        </p>
        <p className="text-xs break-words text-muted">
          {session.address && `${session.address} · `}last used <Moment at={session.lastUsedAt} /> · signed in{' '}
          <Moment at={session.createdAt} />
        </p>
      </div>
      {!session.current && (
        <Button
          small
          aria-label={`Sign out ${name}`}
          disabled={end.isPending}
          onClick={() => end.mutate(session.id)}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

/** Where one is signed in, and a way to end it. */
export function SessionsPanel() {
  const sessions = useSessions();
  const end = useEndSessions();
  return (
    <Panel title="Where you are signed in">
      <Loaded query={sessions} waiting={<p className="p-4 text-muted">Loading …</p>}>
        {({ items }) => (
          <>
            <ul className="divide-y divide-line">
              {items.map((session) => (
                <SessionRow key={session.id} session={session} end={end} />
              ))}
            </ul>
            {end.error && <ProblemNotice error={end.error} />}
            {items.length > 1 && (
              <div className="border-t border-line p-4">
                <Button disabled={end.isPending} onClick={() => end.mutate('others')}>
                  Sign out everywhere else
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
