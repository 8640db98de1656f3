import { type FormEvent, useState } from 'react';
import type { Token } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { useCreateToken } from './queries.ts';
import { SCOPES } from './token-scopes.ts';

const EXPIRIES = [
  { days: '30', name: 'in 30 days' },
  { days: '90', name: 'in 90 days' },
  { days: '365', name: 'in a year' },
  { days: '', name: 'never' },
];

function MakeToken({ role, create }: { role: string | null; create: ReturnType<typeof useCreateToken> }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Token['scope']>('read');
  const [days, setDays] = useState('90');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ name: name.trim(), scope, ...(days === '' ? {} : { expiresInDays: Number(days) }) });
  };
  const offered = (Object.keys(SCOPES) as Token['scope'][]).filter((id) =>
    SCOPES[id].roles.includes(role ?? ''),
  );
  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-4">
      <Field label="Name" hint="What it is for, so that you know it again.">
        {(ids) => (
          <Input
            {...ids}
            required
            maxLength={200}
            autoComplete="off"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="What it may do" hint={SCOPES[scope].meaning}>
          {(ids) => (
            <Select
              {...ids}
              className="w-full"
              value={scope}
              onChange={({ target }) => setScope(target.value as Token['scope'])}
            >
              {offered.map((id) => (
                <option key={id} value={id}>
                  {SCOPES[id].name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="It expires">
          {(ids) => (
            <Select {...ids} className="w-full" value={days} onChange={({ target }) => setDays(target.value)}>
              {EXPIRIES.map((expiry) => (
                <option key={expiry.days} value={expiry.days}>
                  {expiry.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      {create.error && <ProblemNotice error={create.error} />}
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={create.isPending}>
          Make the token
        </Button>
      </div>
    </form>
  );
}

/** Makes a token and shows it, this once. */
export function TokenDialog({ role, onClose }: { role: string | null; onClose: () => void }) {
  const create = useCreateToken();
  if (!create.data) {
    return (
      <Dialog open onOpenChange={onClose} title="New API token">
        <MakeToken role={role} create={create} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Copy ${create.data.name} now`}
      description="It is shown only this once; what is kept here can’t be turned back into it."
    >
      <div className="grid grid-cols-1 gap-4">
        <CopyField label="API token" value={create.data.token} />
        <div className="flex justify-end">
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
