import { switchProject } from '../../api/project.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ProjectNameForm } from './project-name-form.tsx';
import { useCreateProject } from './queries.ts';

/** Makes a project, with nothing in it and its maker as the owner, and goes there. */
export function NewProjectDialog({ onClose }: { onClose: () => void }) {
  const create = useCreateProject();
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New project"
      description="It has repositories, a radar, documents and members of its own. You will be its owner."
    >
      <ProjectNameForm
        action="Make the project"
        pending={create.isPending || create.isSuccess}
        error={create.error}
        onSubmit={(name) => create.mutate(name, { onSuccess: ({ slug }) => switchProject(slug) })}
      />
    </Dialog>
  );
}
