import { Field } from '../../ui/field.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';

const MIN_CHARACTERS = 10;
const MAX_CHARACTERS = 200;

/** A password that is chosen now. */
export function NewPasswordField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} hint={`At least ${MIN_CHARACTERS} characters; several words are good.`}>
      {(ids) => (
        <PasswordInput
          {...ids}
          required
          minLength={MIN_CHARACTERS}
          maxLength={MAX_CHARACTERS}
          autoComplete="new-password"
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}
