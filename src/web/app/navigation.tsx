import { Link } from '@tanstack/react-router';
import { FileText, FolderGit2, Layers, Radar, Search, TriangleAlert } from 'lucide-react';
import { useDrift } from '../features/radar/queries.ts';

const ROOMS = [
  { to: '/radar', label: 'Radar', icon: Radar },
  { to: '/technologies', label: 'Technologies', icon: Layers },
  { to: '/drift', label: 'Drift', icon: TriangleAlert },
  { to: '/repositories', label: 'Repositories', icon: FolderGit2 },
  { to: '/knowledge', label: 'Search & ask', icon: Search },
  { to: '/documents', label: 'Documents', icon: FileText },
] as const;

/** The rooms; `onGo` closes the menu of a narrow screen. */
export function Navigation({ onGo }: { onGo?: () => void }) {
  const drift = useDrift();
  return (
    <nav aria-label="Main">
      <ul className="grid grid-cols-1 gap-0.5">
        {ROOMS.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              onClick={onGo}
              className="flex h-8 items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium"
              activeProps={{ className: 'bg-hover text-ink' }}
              inactiveProps={{ className: 'text-muted hover:bg-hover hover:text-ink' }}
            >
              <Icon aria-hidden className="size-4" />
              <span className="flex-1">{label}</span>
              {to === '/drift' && !!drift.data?.total && (
                <span className="rounded-full bg-caution-soft px-1.5 text-xs text-assess tabular-nums">
                  {drift.data.total}
                  <span className="sr-only"> findings</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
