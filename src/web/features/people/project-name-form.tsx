import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';

const MAX_CHARACTERS = 100;

export function ProjectNameForm({
  start = '',
  action,
  pending,
  error,
  onSubmit,
}: {
  start?: string;
  action: string;
  pending: boolean;
  error: Error | null;
  onSubmit: (name: string) => void;
}) {
  const [name, setName] = useState(start);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit(name.trim());
  };
  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-4">
      <Field label="Name of the project">
        {(ids) => (
          <Input
            {...ids}
            required
            maxLength={MAX_CHARACTERS}
            autoComplete="off"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      {error && <ProblemNotice error={error} />}
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={pending || name.trim() === ''}>
          {action}
        </Button>
      </div>
    </form>
  );
}
