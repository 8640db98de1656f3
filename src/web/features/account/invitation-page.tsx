import { getRouteApi, Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../../api/client.ts';
import { switchProject } from '../../api/project.ts';
import type { Invitation } from '../../api/types.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { ProblemNotice, Skeleton } from '../../ui/notice.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { ROLES } from '../people/roles.ts';
import { CodeField } from './code-field.tsx';
import { Frame } from './frame.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { type AcceptInput, useAcceptInvitation, useInvitation, useSetup, useVisitor } from './queries.ts';
import { ProviderLink } from './sign-in-page.tsx';

const route = getRouteApi('/invitation');

interface Draft {
  name: string;
  password: string;
  secondFactor: string;
}

/** What the server has to be told of the draft: a newcomer's name and password, or what proves an account. */
function toInput(
  code: string,
  draft: Draft,
  asked: { name: boolean; password: boolean; code: boolean },
): AcceptInput {
  return {
    code,
    ...(asked.name ? { name: draft.name.trim() } : {}),
    ...(asked.password ? { password: draft.password } : {}),
    ...(asked.code ? { secondFactor: draft.secondFactor.trim() } : {}),
  };
}

function AcceptForm({
  code,
  invitation,
  signedIn,
}: {
  code: string;
  invitation: Invitation;
  signedIn: boolean;
}) {
  const [draft, setDraft] = useState<Draft>({ name: '', password: '', secondFactor: '' });
  const [second, setSecond] = useState(false);
  const accept = useAcceptInvitation();
  const newcomer = !invitation.hasAccount;
  const asked = { name: newcomer, password: !signedIn, code: second };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    accept.mutate(toInput(code, draft, asked), {
      onSuccess: () => switchProject(invitation.project.slug),
      onError: (error) => {
        if (error instanceof ApiProblem && error.code === 'second-factor-needed') setSecond(true);
      },
    });
  };
  const asking = accept.error instanceof ApiProblem && accept.error.code === 'second-factor-needed';
  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-4">
      {/* Tells a password manager to which address the password belongs. */}
      <input type="email" autoComplete="username" value={invitation.email} readOnly hidden />
      {asked.name && (
        <Field label="Your name" hint="The others see it beside what you do.">
          {(ids) => (
            <Input
              {...ids}
              required
              maxLength={200}
              autoComplete="name"
              value={draft.name}
              onChange={({ target }) => setDraft({ ...draft, name: target.value })}
            />
          )}
        </Field>
      )}
      {newcomer && (
        <NewPasswordField
          label="Choose a password"
          value={draft.password}
          onChange={(password) => setDraft({ ...draft, password })}
        />
      )}
      {asked.password && !newcomer && !second && (
        <Field label="Your password">
          {(ids) => (
            <PasswordInput
              {...ids}
              required
              autoComplete="current-password"
              value={draft.password}
              onChange={({ target }) => setDraft({ ...draft, password: target.value })}
            />
          )}
        </Field>
      )}
      {second && (
        <CodeField
          recovery
          value={draft.secondFactor}
          onChange={(secondFactor) => setDraft({ ...draft, secondFactor })}
        />
      )}
      {accept.error && !asking && <ProblemNotice error={accept.error} />}
      <Button type="submit" look="primary" disabled={accept.isPending || accept.isSuccess}>
        {accept.isPending ? 'Joining …' : `Join ${invitation.project.name}`}
      </Button>
    </form>
  );
}

function Accept({ code, invitation }: { code: string; invitation: Invitation }) {
  const setup = useSetup();
  const visitor = useVisitor(invitation.hasAccount);
  if (visitor.isLoading) return <Skeleton className="h-40" />;
  const signedIn = invitation.hasAccount && visitor.data?.email === invitation.email;
  const provider = invitation.hasAccount && !signedIn ? setup.data?.oidc : undefined;
  return (
    <>
      <p className="rounded-xl border border-line bg-surface px-4 py-3">
        <span className="block text-xs text-muted">For {invitation.email}</span>
        <span className="block font-medium">
          {ROLES[invitation.role].name} of {invitation.project.name}
        </span>
        <span className="block text-sm text-muted">{ROLES[invitation.role].meaning}</span>
      </p>
      {visitor.data && !signedIn && (
        <p className="text-sm text-muted">
          This browser is signed in as {visitor.data.name}. Joining signs it in as {invitation.email}.
        </p>
      )}
      {provider && (
        <ProviderLink name={provider.name} returnTo={`/invitation?code=${encodeURIComponent(code)}`} />
      )}
      <AcceptForm code={code} invitation={invitation} signedIn={signedIn} />
    </>
  );
}

/** Where the link of an invitation leads: to a new account, or to one more project of a present one. */
export function InvitationPage() {
  const { code = '' } = route.useSearch();
  const invitation = useInvitation(code);
  if (
    invitation.error instanceof ApiProblem &&
    invitation.error.status < 500 &&
    invitation.error.status > 0
  ) {
    return (
      <Frame
        title="This invitation does not count any more"
        intro="It was used, taken back, or is too old. Ask for a new one; if you have accepted it, sign in."
      >
        <Link to="/signed-out" className={buttonClass('primary')}>
          Sign in
        </Link>
      </Frame>
    );
  }
  const { data } = invitation;
  return (
    <Frame title={data ? `Join ${data.project.name}` : 'You are invited'}>
      <Loaded query={invitation} waiting={<Skeleton className="h-40" />}>
        {(loaded) => <Accept code={code} invitation={loaded} />}
      </Loaded>
    </Frame>
  );
}
