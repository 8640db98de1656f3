/** How whoever may use the server's command line gets a session. */
export function LoginLinkHelp() {
  return (
    <div>
      <pre className="overflow-x-auto rounded-xl border border-line bg-surface px-4 py-3 font-mono text-sm">
        <code>commandcenter login-link</code>
      </pre>
      <p className="mt-3 text-sm text-muted">
        Run it on the machine on which CommandCenter runs, in the folder where you started it, and open the
        link in this browser. From the source it is{' '}
        <code className="font-mono">bin/commandcenter login-link</code>; for somebody else it takes{' '}
        <code className="font-mono">--user</code> and their e-mail address.
      </p>
    </div>
  );
}
