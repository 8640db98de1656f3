import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../app/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TrackForm } from './track-form.tsx';

/** Opens the form that tracks one more repository, and follows its first sync. */
export function TrackButton({ primary = false }: { primary?: boolean }) {
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  if (!useMay('editor')) return null;
  return (
    <>
      <Button {...(primary ? { look: 'primary' } : {})} onClick={() => setOpen(true)}>
        <Plus aria-hidden className="size-4" />
        Track a repository
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title="Track a repository">
        <TrackForm
          onTracked={(jobId) => {
            setOpen(false);
            navigate({ to: '/first-sync/$jobId', params: { jobId } });
          }}
        />
      </Dialog>
    </>
  );
}
