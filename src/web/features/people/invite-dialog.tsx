import { type FormEvent, useState } from 'react';
import type { Role } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { formatDate } from '../../ui/format.ts';
import { ProblemNotice } from '../../ui/notice.tsx';
import { useInvite } from './queries.ts';
import { ROLE_IDS, ROLES } from './roles.ts';

function InviteForm({ invite }: { invite: ReturnType<typeof useInvite> }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    invite.mutate({ email: email.trim(), role });
  };
  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-4">
      <Field label="E-mail address" hint="Nothing is sent there: you get a link to pass on.">
        {(ids) => (
          <Input
            {...ids}
            required
            type="email"
            autoComplete="off"
            value={email}
            onChange={({ target }) => setEmail(target.value)}
          />
        )}
      </Field>
      <fieldset className="grid grid-cols-1 gap-2">
        <legend className="mb-1 text-sm font-medium">Role</legend>
        {ROLE_IDS.map((id) => (
          <label
            key={id}
            className="flex items-start gap-2.5 rounded-lg border border-line px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="role"
              checked={role === id}
              onChange={() => setRole(id)}
              className="mt-1 accent-[var(--accent)]"
            />
            <span>
              <span className="block font-medium">{ROLES[id].name}</span>
              <span className="block text-sm text-muted">{ROLES[id].meaning}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {invite.error && <ProblemNotice error={invite.error} />}
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={invite.isPending}>
          Make the invitation
        </Button>
      </div>
    </form>
  );
}

/** Invites somebody, and shows the link that the owner passes on. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const invite = useInvite();
  const { data } = invite;
  if (!data) {
    return (
      <Dialog open onOpenChange={onClose} title="Invite somebody to this project">
        <InviteForm invite={invite} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Pass this link on to ${data.email}`}
      description={`It works once, until ${formatDate(data.expiresAt)}, and is shown only now. Whoever has it can join.`}
    >
      <div className="grid grid-cols-1 gap-4">
        <CopyField label="Invitation link" value={new URL(data.path, window.location.origin).href} />
        <div className="flex justify-end">
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
