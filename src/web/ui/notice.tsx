import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

/** From here on it is the server's fault, and its log tells more. */
const FAILED = 500;

/** What went wrong, in the server's words, what to do about it, and what its log knows it by. */
export function ProblemNotice({
  error,
  onRetry,
}: {
  error: {
    message: string;
    remedy?: string | undefined;
    status?: number | undefined;
    requestId?: string | undefined;
  };
  onRetry?: () => void;
}) {
  const { remedy, status = 0, requestId } = error;
  return (
    <div
      role="alert"
      className="flex items-start gap-3 rounded-xl border border-line bg-danger-soft px-4 py-3"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-hold" />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{error.message}</p>
        {remedy && <p className="mt-0.5 text-sm break-words">{remedy}</p>}
        {requestId && status >= FAILED && (
          <p className="mt-0.5 text-xs text-muted">
            Request <code className="break-all select-all">{requestId}</code>
          </p>
        )}
      </div>
      {onRetry && (
        <Button small onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Nothing here yet, and how that changes. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="rounded-xl border border-dashed border-line-strong px-6 py-12 text-center">
      <p className="font-medium">{title}</p>
      {children && <div className="mx-auto mt-1 max-w-md text-muted">{children}</div>}
      {action && <div className="mt-4 flex justify-center">{action}</div>}
    </div>
  );
}

/** The place of what is still loading. */
export function Skeleton({ className = 'h-24' }: { className?: string }) {
  return <div aria-hidden className={`animate-pulse rounded-xl bg-sunken ${className}`} />;
}

export function Loading({ label = 'Loading', rows = 3 }: { label?: string; rows?: number }) {
  return (
    <div role="status" className="grid grid-cols-1 gap-3">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same.
        <Skeleton key={row} className="h-16" />
      ))}
    </div>
  );
}
