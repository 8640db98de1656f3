import { Link } from '@tanstack/react-router';
import {
  FileText,
  FolderGit2,
  History,
  Layers,
  ListChecks,
  Radar,
  Search,
  TriangleAlert,
  UsersRound,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useJobCounts } from '../features/jobs/queries.ts';
import { useDriftTotal } from '../features/radar/queries.ts';
import { useSession } from './session.ts';

const ROOMS = [
  { to: '/radar', label: 'Radar', icon: Radar },
  { to: '/technologies', label: 'Technologies', icon: Layers },
  { to: '/drift', label: 'Drift', icon: TriangleAlert },
  { to: '/repositories', label: 'Repositories', icon: FolderGit2 },
  { to: '/knowledge', label: 'Search & ask', icon: Search },
  { to: '/documents', label: 'Documents', icon: FileText },
] as const;

const OFFICES = [
  { to: '/jobs', label: 'Jobs', icon: ListChecks },
  { to: '/activity', label: 'Activity', icon: History },
  { to: '/members', label: 'Members', icon: UsersRound },
] as const;

type Place = (typeof ROOMS)[number] | (typeof OFFICES)[number];

function PlaceLink({ place, onGo, children }: { place: Place; onGo?: () => void; children?: ReactNode }) {
  const { icon: Icon } = place;
  return (
    <li>
      <Link
        to={place.to}
        onClick={onGo}
        className="flex h-8 items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium"
        activeProps={{ className: 'bg-hover text-ink' }}
        inactiveProps={{ className: 'text-muted hover:bg-hover hover:text-ink' }}
      >
        <Icon aria-hidden className="size-4" />
        <span className="flex-1">{place.label}</span>
        {children}
      </Link>
    </li>
  );
}

/** The rooms, and what keeps the project running; `onGo` closes the menu of a narrow screen. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const inProject = useSession().data?.project != null;
  return <nav aria-label="Main">{inProject && <Places onGo={onGo} />}</nav>;
}

function Places({ onGo }: { onGo: () => void }) {
  const findings = useDriftTotal().data;
  const failed = useJobCounts().data?.failed;
  return (
    <>
      <ul className="grid grid-cols-1 gap-0.5">
        {ROOMS.map((place) => (
          <PlaceLink key={place.to} place={place} onGo={onGo}>
            {place.to === '/drift' && !!findings && (
              <span className="rounded-full bg-caution-soft px-1.5 text-xs text-assess tabular-nums">
                {findings}
                <span className="sr-only"> findings</span>
              </span>
            )}
          </PlaceLink>
        ))}
      </ul>
      <ul className="mt-3 grid grid-cols-1 gap-0.5 border-t border-line pt-3">
        {OFFICES.map((place) => (
          <PlaceLink key={place.to} place={place} onGo={onGo}>
            {place.to === '/jobs' && !!failed && (
              <span className="rounded-full bg-danger-soft px-1.5 text-xs text-hold tabular-nums">
                {failed}
                <span className="sr-only"> failed</span>
              </span>
            )}
          </PlaceLink>
        ))}
      </ul>
    </>
  );
}
