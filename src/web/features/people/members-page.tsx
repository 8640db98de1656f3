import { Pencil, UserPlus } from 'lucide-react';
import { useState } from 'react';
import type { Member, Role } from '../../api/types.ts';
import { useMay, useSession } from '../../app/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { formatDate } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { PageHeader, Panel } from '../../ui/page.tsx';
import { InvitationsPanel } from './invitations-panel.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { useChangeRole, useMembers, useRemoveMember } from './queries.ts';
import { RenameProjectDialog } from './rename-project-dialog.tsx';
import { ROLE_IDS, ROLES } from './roles.ts';

function MemberRow({
  member,
  self,
  owner,
  onRemove,
}: {
  member: Member;
  self: boolean;
  owner: boolean;
  onRemove: () => void;
}) {
  const change = useChangeRole();
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-medium break-words">{member.name}</span>
            {self && <Badge tone="accent">you</Badge>}
            {member.disabled && <Badge tone="danger">disabled</Badge>}
            {member.source === 'groups' && (
              <Badge title="The groups that the sign-in provider tells give this role.">by group</Badge>
            )}
          </p>
          <p className="text-xs wrap-anywhere text-muted">
            {member.email ?? 'no e-mail address'} · since {formatDate(member.addedAt)}
          </p>
        </div>
        {owner ? (
          <div className="flex items-center gap-2">
            <Select
              aria-label={`Role of ${member.name}`}
              value={member.role}
              disabled={change.isPending}
              onChange={({ target }) => change.mutate({ userId: member.userId, role: target.value as Role })}
            >
              {ROLE_IDS.map((id) => (
                <option key={id} value={id}>
                  {ROLES[id].name}
                </option>
              ))}
            </Select>
            <Button look="danger" aria-label={`Remove ${member.name}`} onClick={onRemove}>
              Remove
            </Button>
          </div>
        ) : (
          <Badge>{ROLES[member.role].name}</Badge>
        )}
      </div>
      {change.error && (
        <div className="mt-2">
          <ProblemNotice error={change.error} />
        </div>
      )}
    </li>
  );
}

function Members({ members }: { members: Member[] }) {
  const owner = useMay('owner');
  const session = useSession();
  const remove = useRemoveMember();
  const [asked, setAsked] = useState<Member | null>(null);
  const close = (): void => {
    setAsked(null);
    remove.reset();
  };
  return (
    <Panel title={session.data?.project?.name ?? 'This project'} aside={`${members.length}`}>
      <ul className="divide-y divide-line">
        {members.map((member) => (
          <MemberRow
            key={member.userId}
            member={member}
            self={member.userId === session.data?.user.id}
            owner={owner}
            onRemove={() => setAsked(member)}
          />
        ))}
      </ul>
      {asked && (
        <ConfirmDialog
          title={`Remove ${asked.name}?`}
          description="They can't open this project any more, nor can their API tokens. What they did stays."
          action="Remove"
          pending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(asked.userId, { onSuccess: close })}
          onClose={close}
        />
      )}
    </Panel>
  );
}

/** Who works in the project, with which role, and who is invited to. */
export function MembersPage() {
  const owner = useMay('owner');
  const project = useSession().data?.project;
  const [dialog, setDialog] = useState<'invite' | 'rename' | null>(null);
  const close = (): void => setDialog(null);
  return (
    <>
      <PageHeader
        title="Members"
        intro="Who works in this project, and what each of them may do."
        actions={
          owner && (
            <>
              <Button onClick={() => setDialog('rename')}>
                <Pencil aria-hidden className="size-3.5" />
                Rename the project
              </Button>
              <Button look="primary" onClick={() => setDialog('invite')}>
                <UserPlus aria-hidden className="size-4" />
                Invite
              </Button>
            </>
          )
        }
      />
      <div className="grid max-w-4xl grid-cols-1 gap-6">
        <Loaded query={useMembers()}>{({ items }) => <Members members={items} />}</Loaded>
        {owner && <InvitationsPanel />}
        <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[auto_1fr]">
          {ROLE_IDS.map((id) => (
            <div key={id} className="sm:contents">
              <dt className="font-medium">{ROLES[id].name}</dt>
              <dd className="text-muted">{ROLES[id].meaning}</dd>
            </div>
          ))}
        </dl>
      </div>
      {dialog === 'invite' && <InviteDialog onClose={close} />}
      {dialog === 'rename' && project && <RenameProjectDialog project={project} onClose={close} />}
    </>
  );
}
