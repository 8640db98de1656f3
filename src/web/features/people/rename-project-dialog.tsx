import { Dialog } from '../../ui/dialog.tsx';
import { ProjectNameForm } from './project-name-form.tsx';
import { useRenameProject } from './queries.ts';

export function RenameProjectDialog({
  project,
  onClose,
}: {
  project: { id: string; name: string };
  onClose: () => void;
}) {
  const rename = useRenameProject();
  return (
    <Dialog open onOpenChange={onClose} title={`Rename ${project.name}`}>
      <ProjectNameForm
        start={project.name}
        action="Rename"
        pending={rename.isPending}
        error={rename.error}
        onSubmit={(name) => rename.mutate({ id: project.id, name }, { onSuccess: onClose })}
      />
    </Dialog>
  );
}
