import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

const ITEM =
  'flex min-h-8 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1 text-sm outline-none select-none data-highlighted:bg-hover';

/** A button that opens a list of things to do; arrow keys walk through it. */
export function Menu({
  trigger,
  children,
  side = 'bottom',
}: {
  trigger: ReactNode;
  children: ReactNode;
  side?: 'top' | 'bottom';
}) {
  return (
    // Not modal: the page keeps its scroll bar, and no style element has to be put into it. No portal: the menu
    // stays in the landmark of its button.
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Content
        side={side}
        align="start"
        sideOffset={6}
        collisionPadding={8}
        className="z-40 max-h-[70dvh] w-52 overflow-y-auto rounded-xl border border-line bg-surface p-1 shadow-float"
      >
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}

export function MenuItem({ className, ...rest }: ComponentProps<typeof Radix.Item>) {
  return <Radix.Item {...rest} className={classNames(ITEM, className)} />;
}

/** One of several of which one is chosen. */
export function MenuChoices(props: ComponentProps<typeof Radix.RadioGroup>) {
  return <Radix.RadioGroup {...props} />;
}

export function MenuChoice({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Radix.RadioItem value={value} className={ITEM}>
      <span className="min-w-0 flex-1">{children}</span>
      <Radix.ItemIndicator>
        <Check aria-hidden className="size-4 text-accent" />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2.5 py-1.5 text-xs text-muted">{children}</Radix.Label>;
}

export const MenuLine = () => <Radix.Separator className="my-1 h-px bg-line" />;
