import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { formatDate } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/page.tsx';
import { useInvitations, useWithdrawInvitation } from './queries.ts';
import { ROLES } from './roles.ts';

/** The invitations that nobody has accepted yet. Their links were shown once; a lost one is made anew. */
export function InvitationsPanel() {
  const invitations = useInvitations();
  const withdraw = useWithdrawInvitation();
  return (
    <Loaded query={invitations} waiting={<span />}>
      {({ items }) =>
        items.length > 0 && (
          <Panel title="Open invitations" aside={`${items.length}`}>
            <ul className="divide-y divide-line">
              {items.map((invitation) => (
                <li
                  key={invitation.id}
                  className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3"
                >
                  <div className="min-w-0 flex-1 basis-56">
                    <p className="flex flex-wrap items-center gap-2">
                      <span className="font-medium wrap-anywhere">{invitation.email}</span>
                      <Badge>{ROLES[invitation.role].name}</Badge>
                    </p>
                    <p className="text-xs text-muted">
                      invited by {invitation.invitedBy} · until {formatDate(invitation.expiresAt)}
                    </p>
                  </div>
                  <Button
                    small
                    look="danger"
                    aria-label={`Take back the invitation of ${invitation.email}`}
                    disabled={withdraw.isPending}
                    onClick={() => withdraw.mutate(invitation.id)}
                  >
                    Take back
                  </Button>
                </li>
              ))}
            </ul>
            {withdraw.error && <ProblemNotice error={withdraw.error} />}
          </Panel>
        )
      }
    </Loaded>
  );
}
