import { useEffect, useRef } from 'react';
import { Field, Input } from '../../ui/field.tsx';

/** A code of the authenticator app; where a recovery code does as well, it may be written here too. */
export function CodeField({
  value,
  onChange,
  recovery = false,
}: {
  value: string;
  onChange: (value: string) => void;
  recovery?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  // It is all that its form asks now. Not `autoFocus`, which comes before a dialog is open.
  useEffect(() => input.current?.focus(), []);
  return (
    <Field
      label="Code"
      hint={recovery ? 'The six digits in your authenticator app, or a recovery code.' : 'Six digits.'}
    >
      {(ids) => (
        <Input
          {...ids}
          required
          ref={input}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          minLength={6}
          maxLength={40}
          {...(recovery ? {} : { inputMode: 'numeric' })}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          className="font-mono tracking-widest"
        />
      )}
    </Field>
  );
}
