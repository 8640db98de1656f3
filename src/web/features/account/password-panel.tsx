import { type FormEvent, useState } from 'react';
import type { Account } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/page.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { useChangePassword } from './queries.ts';

const EMPTY = { email: '', currentPassword: '', newPassword: '' };

/** Sets the first password, or changes it. */
export function PasswordPanel({ account }: { account: Account }) {
  const [draft, setDraft] = useState(EMPTY);
  const change = useChangePassword();
  const nameless = account.email === null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate(
      {
        newPassword: draft.newPassword,
        ...(nameless ? { email: draft.email.trim() } : {}),
        ...(account.hasPassword ? { currentPassword: draft.currentPassword } : {}),
      },
      { onSuccess: () => setDraft(EMPTY) },
    );
  };
  return (
    <Panel title={account.hasPassword ? 'Password' : 'Set a password'}>
      <form onSubmit={submit} className="grid grid-cols-1 gap-4 p-4">
        {!account.hasPassword && (
          <p className="text-muted">
            You have none: you sign in by links or by your provider. With one you can sign in from any
            browser.
          </p>
        )}
        {account.email !== null && (
          <input type="email" autoComplete="username" value={account.email} readOnly hidden />
        )}
        <div className="grid items-start gap-4 sm:grid-cols-2">
          {nameless && (
            <Field label="E-mail address to sign in with" hint="Nothing is sent there.">
              {(ids) => (
                <Input
                  {...ids}
                  required
                  type="email"
                  autoComplete="username"
                  value={draft.email}
                  onChange={({ target }) => setDraft({ ...draft, email: target.value })}
                />
              )}
            </Field>
          )}
          {account.hasPassword && (
            <Field label="Present password">
              {(ids) => (
                <PasswordInput
                  {...ids}
                  required
                  autoComplete="current-password"
                  value={draft.currentPassword}
                  onChange={({ target }) => setDraft({ ...draft, currentPassword: target.value })}
                />
              )}
            </Field>
          )}
          <NewPasswordField
            label="New password"
            value={draft.newPassword}
            onChange={(newPassword) => setDraft({ ...draft, newPassword })}
          />
        </div>
        {change.error && <ProblemNotice error={change.error} />}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" disabled={change.isPending}>
            {account.hasPassword ? 'Change the password' : 'Set the password'}
          </Button>
          <span role="status" className="text-sm text-muted">
            {change.isSuccess && 'Saved. Every other session of yours has ended.'}
          </span>
        </div>
      </form>
    </Panel>
  );
}
