import type { User } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { useLoginLink } from './queries.ts';

/** A link that signs somebody in once, for who has forgotten the password or lost the phone. */
export function LoginLinkDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const link = useLoginLink();
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Login link for ${user.name}`}
      description="It signs whoever opens it in as them, once, within 15 minutes, without password or second factor."
    >
      <div className="grid grid-cols-1 gap-4">
        {link.data && (
          <CopyField label="Login link" value={new URL(link.data.path, window.location.origin).href} />
        )}
        {link.error && <ProblemNotice error={link.error} />}
        <div className="flex justify-end gap-2">
          {link.data ? (
            <Button look="primary" onClick={onClose}>
              Done
            </Button>
          ) : (
            <Button
              look="primary"
              disabled={link.isPending || user.email === null}
              onClick={() => user.email !== null && link.mutate(user.email)}
            >
              Make the link
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
