import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { buttonClass } from '../ui/button.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { PageHeader } from '../ui/page.tsx';

export function NotFoundPage() {
  return (
    <>
      <PageHeader
        title="There is no such page"
        intro="The address may be mistyped, or what it named is gone."
      />
      <Link to="/radar" className={buttonClass('primary')}>
        Go to the radar
      </Link>
    </>
  );
}

/** For errors of the pages themselves; those of the server are shown where they happen. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <>
      <PageHeader title="This page broke" />
      <ProblemNotice error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
    </>
  );
}
