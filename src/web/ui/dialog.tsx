import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

interface DialogProps {
  title: string;
  description?: string;
  children: ReactNode;
}

/**
 * A modal dialog. It is the browser's own, which keeps the focus, gives it back, and closes on Escape; libraries
 * for it put style elements into the page, which the content security policy refuses.
 */
export function Dialog({
  open,
  onOpenChange,
  ...rest
}: DialogProps & { open: boolean; onOpenChange: (open: boolean) => void }) {
  return open && <OpenDialog {...rest} onClose={() => onOpenChange(false)} />;
}

function OpenDialog({ title, description, children, onClose }: DialogProps & { onClose: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('form :is(input, select, textarea)')?.focus();
    // Closed while it is still in the page, or the focus would not go back to where it was.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={`${id}-title`}
      {...(description ? { 'aria-describedby': `${id}-description` } : {})}
      onClose={() => {
        if (element.current?.open === false) onClose();
      }}
      onPointerDown={({ target, currentTarget }) => {
        // All of the dialog is covered by its content, so this is the page behind it.
        if (target === currentTarget) onClose();
      }}
      className="m-auto max-h-[90dvh] w-[min(34rem,calc(100vw-2rem))] max-w-none overflow-y-auto overscroll-contain rounded-2xl border border-line bg-surface text-ink shadow-float backdrop:bg-[rgb(10_10_16/0.5)]"
    >
      <div className="p-5">
        <div className="mb-4 flex items-start justify-between gap-4">
          <div className="min-w-0">
            <h2 id={`${id}-title`} className="text-lg font-semibold break-words">
              {title}
            </h2>
            {description && (
              <p id={`${id}-description`} className="mt-0.5 text-muted">
                {description}
              </p>
            )}
          </div>
          <button
            type="button"
            aria-label="Close"
            onClick={onClose}
            className="rounded-md p-1 text-muted hover:bg-hover hover:text-ink"
          >
            <X aria-hidden className="size-4" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
