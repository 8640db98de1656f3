import { ChevronsUpDown } from 'lucide-react';
import { switchProject } from '../api/project.ts';
import { Menu, MenuChoice, MenuChoices } from '../ui/menu.tsx';
import { useSession } from './session.ts';

/** The project that everything shown belongs to. Who has only one needs no choice, and sees none. */
export function ProjectSwitcher() {
  const { data } = useSession();
  if (!data?.project || data.projects.length < 2) return null;
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="mb-3 flex h-9 w-full min-w-0 items-center gap-2 rounded-lg border border-line bg-surface px-2.5 text-sm font-medium hover:bg-hover"
        >
          <span className="sr-only">Project: </span>
          <span className="min-w-0 flex-1 truncate text-left">{data.project.name}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-muted" />
        </button>
      }
    >
      <MenuChoices value={data.project.slug} onValueChange={(slug) => switchProject(slug)}>
        {data.projects.map((project) => (
          <MenuChoice key={project.id} value={project.slug}>
            <span className="block truncate">{project.name}</span>
            <span className="block text-xs text-muted">{project.role}</span>
          </MenuChoice>
        ))}
      </MenuChoices>
    </Menu>
  );
}
