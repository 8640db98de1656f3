import { useNavigate } from '@tanstack/react-router';
import { Activity, ChevronsUpDown, DatabaseBackup, LogOut, Plus, UserRound, UsersRound } from 'lucide-react';
import { api } from '../api/client.ts';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.tsx';
import { useSession } from './session.ts';

async function signOut(): Promise<void> {
  await api.DELETE('/api/v1/session');
  // A whole new page, so that nothing of this session stays in memory.
  window.location.assign('/signed-out');
}

/** Who is signed in, and what concerns the person or the installation and not one project. */
export function AccountMenu({ onGo, onNewProject }: { onGo: () => void; onNewProject: () => void }) {
  const navigate = useNavigate();
  const user = useSession().data?.user;
  const go = (to: '/account' | '/users' | '/operations' | '/backups') => () => {
    onGo();
    navigate({ to });
  };
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          aria-label={`${user?.name ?? 'You'}: account`}
          className="flex h-9 w-full min-w-0 items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
        >
          <UserRound aria-hidden className="size-4 shrink-0" />
          <span className="min-w-0 flex-1 truncate text-left">{user?.name ?? 'Account'}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0" />
        </button>
      }
    >
      {user?.email && <MenuLabel>{user.email}</MenuLabel>}
      <MenuItem onSelect={go('/account')}>
        <UserRound aria-hidden className="size-4 text-muted" />
        Your account
      </MenuItem>
      {user?.admin && (
        <>
          <MenuItem onSelect={go('/users')}>
            <UsersRound aria-hidden className="size-4 text-muted" />
            Users
          </MenuItem>
          <MenuItem onSelect={go('/operations')}>
            <Activity aria-hidden className="size-4 text-muted" />
            Operations
          </MenuItem>
          <MenuItem onSelect={go('/backups')}>
            <DatabaseBackup aria-hidden className="size-4 text-muted" />
            Backups
          </MenuItem>
          <MenuItem onSelect={onNewProject}>
            <Plus aria-hidden className="size-4 text-muted" />
            New project
          </MenuItem>
        </>
      )}
      <MenuLine />
      <MenuItem onSelect={signOut}>
        <LogOut aria-hidden className="size-4 text-muted" />
        Sign out
      </MenuItem>
    </Menu>
  );
}
