import { getRouteApi } from '@tanstack/react-router';
import { KeyRound } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../../api/client.ts';
import type { Setup } from '../../api/types.ts';
import { safeReturnTo } from '../../app/return-to.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { ProblemNotice, Skeleton } from '../../ui/notice.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { CodeField } from './code-field.tsx';
import { Frame } from './frame.tsx';
import { LoginLinkHelp } from './login-link-help.tsx';
import { useSetup, useSignIn } from './queries.ts';
import { REASONS } from './reasons.ts';

const route = getRouteApi('/signed-out');
const SECOND_STEP = ['second-factor-needed', 'code-wrong'];

/** Whether an answer says that the password was right and the second factor is what is missing. */
const asksForCode = (error: Error | null): boolean =>
  error instanceof ApiProblem && SECOND_STEP.includes(error.code);

function PasswordForm({ returnTo }: { returnTo: string }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [second, setSecond] = useState(false);
  const signIn = useSignIn();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate(
      { email: email.trim(), password, ...(second ? { code: code.trim() } : {}) },
      {
        // A whole new page: nothing of who was here before stays in memory.
        onSuccess: () => window.location.assign(returnTo),
        onError: (error) => setSecond((before) => before || asksForCode(error)),
      },
    );
  };
  const startAgain = (): void => {
    setSecond(false);
    setCode('');
    setPassword('');
    signIn.reset();
  };
  const asking = signIn.error instanceof ApiProblem && signIn.error.code === 'second-factor-needed';
  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-4">
      {second ? (
        <CodeField recovery value={code} onChange={setCode} />
      ) : (
        <>
          <Field label="E-mail address">
            {(ids) => (
              <Input
                {...ids}
                required
                type="email"
                autoComplete="username"
                value={email}
                onChange={({ target }) => setEmail(target.value)}
              />
            )}
          </Field>
          <Field label="Password">
            {(ids) => (
              <PasswordInput
                {...ids}
                required
                autoComplete="current-password"
                value={password}
                onChange={({ target }) => setPassword(target.value)}
              />
            )}
          </Field>
        </>
      )}
      {signIn.error && !asking && <ProblemNotice error={signIn.error} />}
      <div className="flex gap-2">
        <Button
          type="submit"
          look="primary"
          disabled={signIn.isPending || signIn.isSuccess}
          className="flex-1"
        >
          {signIn.isPending ? 'Signing in …' : 'Sign in'}
        </Button>
        {second && <Button onClick={startAgain}>Back</Button>}
      </div>
    </form>
  );
}

/** The sign-in provider's own page; it leads back here. */
export function ProviderLink({ name, returnTo }: { name: string; returnTo: string }) {
  return (
    <a
      href={`/auth/oidc/start?returnTo=${encodeURIComponent(returnTo)}`}
      className={`${buttonClass('secondary')} w-full`}
    >
      <KeyRound aria-hidden className="size-4" />
      Sign in with {name}
    </a>
  );
}

function WaysIn({ setup, returnTo }: { setup: Setup; returnTo: string }) {
  if (setup.needed && !setup.oidc) return <LoginLinkHelp />;
  return (
    <>
      {setup.oidc && <ProviderLink name={setup.oidc.name} returnTo={returnTo} />}
      {setup.oidc && setup.passwordSignIn && (
        <p className="flex items-center gap-3 text-xs text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          or
        </p>
      )}
      {setup.passwordSignIn && <PasswordForm returnTo={returnTo} />}
      <details className="text-sm">
        <summary className="w-fit cursor-pointer text-muted hover:text-ink">
          No password, or forgotten?
        </summary>
        <p className="mt-3 mb-3 text-muted">
          Ask who looks after this installation for a login link. It is made on the page Users, or with:
        </p>
        <LoginLinkHelp />
      </details>
    </>
  );
}

/** For a browser without a session: every way to get one. It leads to where one wanted to go. */
export function SignInPage() {
  const { reason, returnTo } = route.useSearch();
  const setup = useSetup();
  const known = reason === undefined ? undefined : REASONS[reason];
  const linkOnly = setup.data?.needed && !setup.data.oidc;
  const intro = linkOnly
    ? 'Nobody has a password here yet. CommandCenter prints a one-time link when it starts; open it in this browser. For a new one, run:'
    : returnTo && 'Afterwards you are taken to the page that you asked for.';
  return (
    <Frame title={known?.title ?? 'Sign in'} intro={known?.message ?? intro}>
      <Loaded query={setup} waiting={<Skeleton className="h-40" />}>
        {(data) => <WaysIn setup={data} returnTo={safeReturnTo(returnTo)} />}
      </Loaded>
    </Frame>
  );
}
