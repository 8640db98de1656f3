import { type ReactNode, useEffect } from 'react';

/** The frame of the pages that are seen without a session. */
export function Frame({ title, intro, children }: { title: string; intro?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · CommandCenter`;
  }, [title]);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-6 py-12">
      <img src="/icon.svg" alt="" className="mb-6 size-10" />
      <h1 className="text-2xl font-semibold">{title}</h1>
      {intro && <div className="mt-2 text-muted">{intro}</div>}
      <div className="mt-6 grid grid-cols-1 gap-4">{children}</div>
    </main>
  );
}
