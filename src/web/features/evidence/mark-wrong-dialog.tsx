import { type FormEvent, useState } from 'react';
import type { Detection } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { useVerdict } from './queries.ts';

/** Says that a detection is wrong. Later scans keep to it. */
export function MarkWrongDialog({ detection, onClose }: { detection: Detection; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const verdict = useVerdict();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const why = reason.trim();
    verdict.mutate(
      { id: detection.id, verdict: 'wrong', ...(why === '' ? {} : { reason: why }) },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`${detection.technologyName} in ${detection.repositoryName} is wrong`}
      description="It leaves the radar and the drift, and later scans won't bring it back. You can undo this."
    >
      <form onSubmit={submit} className="grid grid-cols-1 gap-4">
        <Field label="Why (optional)">
          {(ids) => (
            <TextArea
              {...ids}
              rows={2}
              maxLength={2000}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
        {verdict.error && <ProblemNotice error={verdict.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={verdict.isPending}>
            Mark wrong
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
