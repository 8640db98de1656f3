import { Check, Copy } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { Field, Input } from './field.tsx';

const SHOWN_MS = 2_500;

async function copy(text: string, source: RefObject<HTMLInputElement | null> | undefined): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https the browser has no clipboard; the selected text is left for the keyboard.
    source?.current?.select();
    return false;
  }
}

/** Copies a text and says that it has. */
export function CopyButton({
  text,
  label = 'Copy',
  source,
}: {
  text: string;
  label?: string;
  source?: RefObject<HTMLInputElement | null>;
}) {
  const [outcome, setOutcome] = useState<'copied' | 'selected' | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const Icon = outcome === 'copied' ? Check : Copy;
  return (
    <>
      <Button onClick={async () => setOutcome((await copy(text, source)) ? 'copied' : 'selected')}>
        <Icon aria-hidden className="size-4" />
        {outcome === 'copied' ? 'Copied' : label}
      </Button>
      <span role="status" className="sr-only">
        {outcome === 'copied' && 'Copied.'}
        {outcome === 'selected' && 'The browser does not let pages copy here. Copy the text yourself.'}
      </span>
    </>
  );
}

/** A text that is meant to be taken elsewhere, with a button that copies it. */
export function CopyField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <div className="flex gap-2">
          <Input
            {...ids}
            ref={input}
            readOnly
            spellCheck={false}
            value={value}
            onFocus={({ target }) => target.select()}
            className="h-9 font-mono text-xs"
          />
          <CopyButton text={value} source={input} />
        </div>
      )}
    </Field>
  );
}
