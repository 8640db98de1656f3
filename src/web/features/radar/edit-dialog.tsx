import { type FormEvent, useState } from 'react';
import type { Technology } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Input, Select, TextArea } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { type TechnologyChanges, useRadar, useUpdateTechnology } from './queries.ts';

interface Draft {
  name: string;
  quadrant: string;
  description: string;
  owner: string;
  tags: string;
  homepage: string;
  links: string;
  standardVersion: string;
  reviewDate: string;
}

function toDraft(technology: Technology): Draft {
  return {
    name: technology.name,
    quadrant: technology.quadrant,
    description: technology.description ?? '',
    owner: technology.owner ?? '',
    tags: technology.tags.join(', '),
    homepage: technology.homepage ?? '',
    links: technology.links.map(({ title, url }) => (title === url ? url : `${url} ${title}`)).join('\n'),
    standardVersion: technology.standardVersion ?? '',
    reviewDate: technology.reviewDate?.slice(0, 10) ?? '',
  };
}

/** A link a line: the address, then its title. */
function toLinks(lines: string): Technology['links'] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [url = '', ...words] = line.split(/\s+/);
      return { url, title: words.join(' ') || url };
    });
}

/** Only what has been changed, so that nothing that someone else has written is sent back. */
function toChanges(draft: Draft, before: Draft): TechnologyChanges {
  const orNull = (value: string): string | null => (value.trim() === '' ? null : value.trim());
  const all: Required<TechnologyChanges> = {
    name: draft.name.trim(),
    quadrant: draft.quadrant,
    description: draft.description,
    owner: orNull(draft.owner),
    tags: draft.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    homepage: orNull(draft.homepage),
    links: toLinks(draft.links),
    standardVersion: orNull(draft.standardVersion),
    reviewDate: orNull(draft.reviewDate),
  };
  const changed = (Object.keys(draft) as (keyof Draft)[]).filter((key) => draft[key] !== before[key]);
  return Object.fromEntries(changed.map((key) => [key, all[key]]));
}

/** Everything about a technology that people write, except its ring. */
export function EditDialog({ technology, onClose }: { technology: Technology; onClose: () => void }) {
  const [before] = useState(() => toDraft(technology));
  const [draft, setDraft] = useState(before);
  const radar = useRadar();
  const update = useUpdateTechnology(technology);
  const bind = (key: keyof Draft) => ({
    value: draft[key],
    onChange: ({ target }: { target: { value: string } }) => setDraft({ ...draft, [key]: target.value }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const changes = toChanges(draft, before);
    if (Object.keys(changes).length === 0) onClose();
    else update.mutate(changes, { onSuccess: onClose });
  };
  return (
    <Dialog open onOpenChange={onClose} title={`Edit ${technology.name}`}>
      <form onSubmit={submit} className="grid grid-cols-1 gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name">{(ids) => <Input {...ids} required {...bind('name')} />}</Field>
          <Field label="Quadrant">
            {(ids) => (
              <Select {...ids} className="w-full" {...bind('quadrant')}>
                {radar.data?.quadrants.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <Field label="Description">{(ids) => <TextArea {...ids} rows={3} {...bind('description')} />}</Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Owner">{(ids) => <Input {...ids} {...bind('owner')} />}</Field>
          <Field label="Tags" hint="Separated by commas.">
            {(ids) => <Input {...ids} {...bind('tags')} />}
          </Field>
          <Field label="Standard version" hint="Older ones in the code are drift.">
            {(ids) => <Input {...ids} {...bind('standardVersion')} />}
          </Field>
          <Field label="Review date" hint="Once it is past, the drift page asks for a review.">
            {(ids) => <Input {...ids} type="date" {...bind('reviewDate')} />}
          </Field>
        </div>
        <Field label="Homepage">{(ids) => <Input {...ids} type="url" {...bind('homepage')} />}</Field>
        <Field label="Links" hint="One a line: the address, then its title.">
          {(ids) => <TextArea {...ids} rows={2} {...bind('links')} />}
        </Field>
        {update.error && <ProblemNotice error={update.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={update.isPending}>
            {update.isPending ? 'Saving …' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
