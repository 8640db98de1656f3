import { type ReactNode, useEffect } from 'react';
import { classNames } from './class-names.ts';

/** Title, what it is about, and what can be done; also names the browser's tab. */
export function PageHeader({
  title,
  intro,
  actions,
  above,
}: {
  title: string;
  intro?: ReactNode;
  actions?: ReactNode;
  above?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · CommandCenter`;
  }, [title]);
  return (
    <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-2xl">
        {above}
        <h1 className="text-2xl font-semibold break-words">{title}</h1>
        {intro && <div className="mt-1 text-muted">{intro}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

export function Panel({
  title,
  aside,
  children,
  className,
}: {
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={classNames('min-w-0 rounded-xl border border-line bg-surface', className)}>
      {title && (
        <div className="flex items-center justify-between gap-3 border-b border-line px-4 py-2.5">
          <h2 className="text-sm font-semibold">{title}</h2>
          {aside && <div className="text-xs text-muted">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
