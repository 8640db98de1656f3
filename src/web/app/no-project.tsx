import { Button } from '../ui/button.tsx';
import { PageHeader } from '../ui/page.tsx';
import { useSession } from './session.ts';

/** For who is signed in but works in no project. */
export function NoProject({ onNewProject }: { onNewProject: () => void }) {
  const user = useSession().data?.user;
  return (
    <>
      <PageHeader
        title="You are in no project"
        intro={
          user?.admin
            ? 'Make one, or ask an owner of one to invite you.'
            : `Ask an owner to invite you${user?.email ? ` as ${user.email}` : ''}.`
        }
      />
      {user?.admin && (
        <Button look="primary" onClick={onNewProject}>
          New project
        </Button>
      )}
    </>
  );
}
