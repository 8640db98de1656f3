import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';

/** For a browser without a session: how it gets one. */
export function SignedOutPage() {
  const { reason } = useSearch({ from: '/signed-out' });
  useEffect(() => {
    document.title = 'Sign in · CommandCenter';
  }, []);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-6 py-12">
      <img src="/icon.svg" alt="" className="mb-6 size-10" />
      <h1 className="text-2xl font-semibold">{reason === 'link' ? 'This link has been used' : 'Sign in'}</h1>
      <p className="mt-2 text-muted">
        {reason === 'link'
          ? 'A login link works once, and only for a few minutes. Make a new one:'
          : 'CommandCenter has no passwords. It prints a one-time link when it starts; open it in this browser. For a new one, run:'}
      </p>
      <pre className="mt-4 overflow-x-auto rounded-xl border border-line bg-surface px-4 py-3 font-mono text-sm">
        <code>commandcenter login-link</code>
      </pre>
      <p className="mt-4 text-sm text-muted">
        Run it on the machine on which CommandCenter runs, in the folder where you started it. From the source
        it is <code className="font-mono">bin/commandcenter login-link</code>.
      </p>
    </main>
  );
}
