import { type FormEvent, useState } from 'react';
import type { Account } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/page.tsx';
import { useUpdateAccount } from './queries.ts';

export function ProfilePanel({ account }: { account: Account }) {
  // Only what is being edited; the rest is the account's, which other panels may change.
  const [draft, setDraft] = useState<{ name?: string; email?: string }>({});
  const update = useUpdateAccount();
  const { name = account.name, email = account.email ?? '' } = draft;
  const changed = {
    ...(name.trim() === account.name ? {} : { name: name.trim() }),
    ...(email.trim() === (account.email ?? '') ? {} : { email: email.trim() }),
  };
  const unchanged = Object.keys(changed).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!unchanged) update.mutate(changed, { onSuccess: () => setDraft({}) });
  };
  return (
    <Panel title={account.email === null ? 'Name' : 'Name and e-mail address'}>
      <form onSubmit={submit} className="grid grid-cols-1 gap-4 p-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name">
            {(ids) => (
              <Input
                {...ids}
                required
                maxLength={200}
                autoComplete="name"
                value={name}
                onChange={({ target }) => setDraft({ ...draft, name: target.value })}
              />
            )}
          </Field>
          {account.email !== null && (
            <Field label="E-mail address" hint="You sign in with it. Nothing is sent there.">
              {(ids) => (
                <Input
                  {...ids}
                  type="email"
                  required
                  autoComplete="email"
                  value={email}
                  onChange={({ target }) => setDraft({ ...draft, email: target.value })}
                />
              )}
            </Field>
          )}
        </div>
        {update.error && <ProblemNotice error={update.error} />}
        <div className="flex items-center gap-3">
          <Button type="submit" disabled={update.isPending || unchanged}>
            Save
          </Button>
          <span role="status" className="text-sm text-muted">
            {update.isSuccess && unchanged && 'Saved.'}
          </span>
        </div>
      </form>
    </Panel>
  );
}
