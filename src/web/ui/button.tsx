import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

const LOOKS: Record<Look, string> = {
  primary: 'bg-accent text-accent-ink hover:opacity-90',
  secondary: 'border border-line-strong bg-surface hover:bg-hover',
  quiet: 'text-muted hover:bg-hover hover:text-ink',
  danger: 'border border-line-strong text-hold hover:bg-danger-soft',
};

/** The classes of a button, for links that look like one. */
export function buttonClass(look: Look = 'secondary', small = false): string {
  return classNames(
    'inline-flex items-center justify-center gap-1.5 rounded-lg font-medium whitespace-nowrap transition-colors',
    'disabled:cursor-not-allowed disabled:opacity-55',
    small ? 'h-7 px-2.5 text-xs' : 'h-9 px-3.5 text-sm',
    LOOKS[look],
  );
}

export function Button({
  look,
  small,
  className,
  ...rest
}: ComponentProps<'button'> & { look?: Look; small?: boolean }) {
  return <button type="button" {...rest} className={classNames(buttonClass(look, small), className)} />;
}
