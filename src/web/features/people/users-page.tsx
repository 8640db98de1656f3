import { KeyRound, ShieldCheck, UserCheck, UserX } from 'lucide-react';
import { useState } from 'react';
import type { User } from '../../api/types.ts';
import { useSession } from '../../app/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { formatDate } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Moment } from '../../ui/moment.tsx';
import { EmptyState } from '../../ui/notice.tsx';
import { PageHeader, Panel } from '../../ui/page.tsx';
import { LoginLinkDialog } from './login-link-dialog.tsx';
import { useUpdateUser, useUsers } from './queries.ts';

type Change = 'disable' | 'enable' | 'admin' | 'no-admin';

/** What each change does, in words, and as the server is told. */
const CHANGES = {
  disable: {
    question: 'Disable',
    action: 'Disable',
    effect: 'Every session of theirs ends at once and their API tokens stop working. It can be undone.',
    body: { disabled: true },
  },
  enable: {
    question: 'Enable',
    action: 'Enable',
    effect: 'They can sign in again, with the roles that they had.',
    body: { disabled: false },
  },
  admin: {
    question: 'Make admin:',
    action: 'Make admin',
    effect: 'They may then make projects, and see, disable and appoint users.',
    body: { admin: true },
  },
  'no-admin': {
    question: 'No longer admin:',
    action: 'Take it away',
    effect: 'They keep their roles in projects.',
    body: { admin: false },
  },
} as const satisfies Record<Change, { question: string; action: string; effect: string; body: object }>;

function UserFacts({ user, self }: { user: User; self: boolean }) {
  return (
    <div className="min-w-0 flex-1 basis-64">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium break-words">{user.name}</span>
        {self && <Badge tone="accent">you</Badge>}
        {user.admin && <Badge tone="positive">admin</Badge>}
        {user.disabled && <Badge tone="danger">disabled</Badge>}
        {user.twoFactor && <Badge>two-factor</Badge>}
        {!user.hasPassword && <Badge title="Signs in by links or by the provider">no password</Badge>}
      </p>
      <p className="text-xs wrap-anywhere text-muted">
        {user.email ?? 'no e-mail address'} · since {formatDate(user.createdAt)} ·{' '}
        {user.lastSignedInAt ? (
          <>
            signed in <Moment at={user.lastSignedInAt} />
          </>
        ) : (
          'never signed in'
        )}
      </p>
    </div>
  );
}

function UserRow({
  user,
  self,
  onChange,
  onLink,
}: {
  user: User;
  self: boolean;
  onChange: (change: Change) => void;
  onLink: () => void;
}) {
  const toggle: Change = user.disabled ? 'enable' : 'disable';
  const Icon = user.disabled ? UserCheck : UserX;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3">
      <UserFacts user={user} self={self} />
      {!self && (
        <div className="flex flex-wrap gap-2">
          {!user.disabled && user.email !== null && (
            <Button small aria-label={`Login link for ${user.name}`} onClick={onLink}>
              <KeyRound aria-hidden className="size-3" />
              Login link
            </Button>
          )}
          <Button
            small
            aria-label={`${user.admin ? 'Take admin from' : 'Make admin'} ${user.name}`}
            onClick={() => onChange(user.admin ? 'no-admin' : 'admin')}
          >
            <ShieldCheck aria-hidden className="size-3" />
            {user.admin ? 'No longer admin' : 'Make admin'}
          </Button>
          <Button
            small
            look={user.disabled ? 'secondary' : 'danger'}
            aria-label={`${CHANGES[toggle].action} ${user.name}`}
            onClick={() => onChange(toggle)}
          >
            <Icon aria-hidden className="size-3" />
            {CHANGES[toggle].action}
          </Button>
        </div>
      )}
    </li>
  );
}

function Users({ users, selfId }: { users: User[]; selfId: string | undefined }) {
  const update = useUpdateUser();
  const [asked, setAsked] = useState<{ user: User; change: Change } | null>(null);
  const [linked, setLinked] = useState<User | null>(null);
  const close = (): void => {
    setAsked(null);
    update.reset();
  };
  return (
    <Panel title="Everybody with an account" aside={`${users.length}`} className="max-w-5xl">
      <ul className="divide-y divide-line">
        {users.map((user) => (
          <UserRow
            key={user.id}
            user={user}
            self={user.id === selfId}
            onChange={(change) => setAsked({ user, change })}
            onLink={() => setLinked(user)}
          />
        ))}
      </ul>
      {asked && (
        <ConfirmDialog
          title={`${CHANGES[asked.change].question} ${asked.user.name}?`}
          description={CHANGES[asked.change].effect}
          action={CHANGES[asked.change].action}
          pending={update.isPending}
          error={update.error}
          onConfirm={() =>
            update.mutate({ id: asked.user.id, ...CHANGES[asked.change].body }, { onSuccess: close })
          }
          onClose={close}
        />
      )}
      {linked && <LoginLinkDialog user={linked} onClose={() => setLinked(null)} />}
    </Panel>
  );
}

/** Everybody who has an account in this installation; for its admins. */
export function UsersPage() {
  const session = useSession();
  const admin = session.data?.user.admin ?? false;
  return (
    <>
      <PageHeader
        title="Users"
        intro="Everybody who has an account in this installation, in whatever project. New people come by invitation to a project."
      />
      {session.data && !admin ? (
        <EmptyState title="This page is for who looks after the installation">
          Who works in your project is on the page Members.
        </EmptyState>
      ) : (
        admin && <UserList selfId={session.data?.user.id} />
      )}
    </>
  );
}

function UserList({ selfId }: { selfId: string | undefined }) {
  return <Loaded query={useUsers()}>{({ items }) => <Users users={items} selfId={selfId} />}</Loaded>;
}
