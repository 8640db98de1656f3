import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { LoaderCircle, Menu, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { jobTitle, useActiveJobs } from '../api/follow-job.ts';
import { NewProjectDialog } from '../features/people/new-project-dialog.tsx';
import { progressText } from '../ui/job-row.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Navigation } from './navigation.tsx';
import { NoProject } from './no-project.tsx';
import { ProjectSwitcher } from './project-switcher.tsx';
import { useSession } from './session.ts';
import { ThemeToggle } from './theme-toggle.tsx';

const PERSONAL_PAGES = ['/account', '/users'];

function Brand() {
  return (
    <Link to="/" className="flex items-center gap-2 rounded-md text-sm font-semibold tracking-tight">
      <img src="/icon.svg" alt="" className="size-6" />
      CommandCenter
    </Link>
  );
}

/** What works in the background now, if anything does. */
function RunningJobs() {
  const jobs = useActiveJobs();
  const first = jobs[0];
  return (
    <div role="status" className="min-h-9 px-2.5 text-xs text-muted">
      {first && (
        <p className="flex items-start gap-2">
          <LoaderCircle aria-hidden className="mt-px size-3.5 shrink-0 animate-spin text-accent" />
          <span className="min-w-0">
            <span className="block truncate">
              {jobTitle(first.kind)}
              {jobs.length > 1 && ` + ${jobs.length - 1}`}
            </span>
            <span className="block truncate tabular-nums">{progressText(first)}</span>
          </span>
        </p>
      )}
    </div>
  );
}

function Foot({ onGo, onNewProject }: { onGo: () => void; onNewProject: () => void }) {
  const inProject = useSession().data?.project != null;
  return (
    <div className="mt-auto grid grid-cols-1 gap-3 pt-6">
      {inProject && <RunningJobs />}
      <div className="grid grid-cols-1 gap-2">
        <AccountMenu onGo={onGo} onNewProject={onNewProject} />
        <div className="flex px-1">
          <ThemeToggle />
        </div>
      </div>
    </div>
  );
}

/**
 * The page, once it is known who looks at it; or why there is none: a user without a project has only their
 * account and the users.
 */
function Content({ onNewProject }: { onNewProject: () => void }) {
  const session = useSession();
  const { pathname } = useLocation();
  return (
    <Loaded query={session}>
      {({ project }) =>
        project === null && !PERSONAL_PAGES.includes(pathname) ? (
          <NoProject onNewProject={onNewProject} />
        ) : (
          <Outlet />
        )
      }
    </Loaded>
  );
}

/** The frame of every page: navigation beside it, or above it on a narrow screen. */
export function Shell() {
  const [open, setOpen] = useState(false);
  const [making, setMaking] = useState(false);
  const close = (): void => setOpen(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    // A new page: the keyboard and the screen reader start at its content, whichever `pathname` it is.
    if (pathname) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the content
      </a>
      <header className="sticky top-0 z-30 border-line bg-page max-lg:border-b lg:h-dvh lg:border-r">
        <div className="flex h-full flex-col overflow-y-auto p-3 lg:px-3 lg:py-4">
          <div className="flex items-center justify-between lg:mb-6 lg:px-2">
            <Brand />
            <button
              type="button"
              aria-expanded={open}
              aria-controls="menu"
              onClick={() => setOpen(!open)}
              className="rounded-lg p-2 hover:bg-hover lg:hidden"
            >
              {open ? <X aria-hidden className="size-5" /> : <Menu aria-hidden className="size-5" />}
              <span className="sr-only">Menu</span>
            </button>
          </div>
          <div id="menu" className={`${open ? 'flex' : 'hidden'} flex-1 flex-col max-lg:pt-3 lg:flex`}>
            <ProjectSwitcher />
            <Navigation onGo={close} />
            <Foot onGo={close} onNewProject={() => setMaking(true)} />
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} className="min-w-0 outline-none">
        <div className="mx-auto max-w-[88rem] px-4 py-6 sm:px-8 sm:py-8">
          <Content onNewProject={() => setMaking(true)} />
        </div>
      </main>
      {making && <NewProjectDialog onClose={() => setMaking(false)} />}
    </div>
  );
}
