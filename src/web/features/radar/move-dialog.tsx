import { type FormEvent, useState } from 'react';
import type { Technology } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { type Citation, CitationPicker } from '../knowledge/citation-picker.tsx';
import { useMove } from './queries.ts';
import { RING_MEANINGS, RING_NAMES, RINGS } from './rings.ts';

/** Moves a technology to a ring: dated and signed by the server, reasoned by a person. */
export function MoveDialog({ technology, onClose }: { technology: Technology; onClose: () => void }) {
  const rings = RINGS.filter((ring) => ring !== technology.ring);
  const [toRing, setRing] = useState(rings[0]);
  const [reason, setReason] = useState('');
  const [citations, setCitations] = useState<Citation[]>([]);
  const move = useMove(technology.slug);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!toRing) return;
    const cited = citations.map(({ documentId, start, end, quote }) => ({ documentId, start, end, quote }));
    move.mutate({ toRing, reason: reason.trim(), citations: cited }, { onSuccess: onClose });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Move ${technology.name}`}
      description={`From ${technology.ring ? RING_NAMES[technology.ring] : 'unreviewed'} to:`}
    >
      <form onSubmit={submit} className="grid grid-cols-1 gap-4">
        <fieldset className="grid gap-2 sm:grid-cols-2">
          <legend className="sr-only">Ring</legend>
          {rings.map((ring) => (
            <label
              key={ring}
              className="flex cursor-pointer gap-2.5 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft"
            >
              <input
                type="radio"
                name="ring"
                value={ring}
                checked={toRing === ring}
                onChange={() => setRing(ring)}
                className="mt-1 accent-[var(--accent)]"
              />
              <span>
                <span className="block font-medium">{RING_NAMES[ring]}</span>
                <span className="block text-xs text-muted">{RING_MEANINGS[ring]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label="Reason" hint="Kept in the history with today's date and your name.">
          {(ids) => (
            <TextArea
              {...ids}
              required
              maxLength={4000}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
        <CitationPicker citations={citations} onChange={setCitations} />
        {move.error && <ProblemNotice error={move.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={move.isPending || reason.trim() === ''}>
            {move.isPending ? 'Moving …' : 'Move'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
