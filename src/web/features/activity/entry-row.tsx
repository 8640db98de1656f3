import { Link } from '@tanstack/react-router';
import { Bot, Cog, UserRound } from 'lucide-react';
import type { ActivityEntry } from '../../api/types.ts';
import { Moment } from '../../ui/moment.tsx';
import { actionTitle } from './actions.ts';
import { type Change, listChanges } from './changes.ts';
import type { ActivityFilter } from './queries.ts';

const ACTORS: Record<string, { icon: typeof Bot; name: string }> = {
  user: { icon: UserRound, name: 'a person' },
  token: { icon: Bot, name: 'an API token' },
  system: { icon: Cog, name: 'CommandCenter itself' },
};
const PLACES = {
  technology: '/technologies/$slug',
  repository: '/repositories/$id',
  document: '/documents/$id',
} as const;

const TAIL = 6;

/** "ignored path …4f81d2", or the name of what it is. */
function Subject({ entry, name }: { entry: ActivityEntry; name: string | undefined }) {
  const { subjectKind: kind, subjectId: id } = entry;
  const words = kind.replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  const label = name ?? `${words} …${id.slice(-TAIL)}`;
  if (kind !== 'technology' && kind !== 'repository' && kind !== 'document') {
    return <span title={`${words} ${id}`}>{label}</span>;
  }
  return (
    <Link to={PLACES[kind]} params={{ slug: id, id }} className="link underline" title={`${words} ${id}`}>
      {label}
    </Link>
  );
}

function Value({ text, gone = false }: { text: string | undefined; gone?: boolean }) {
  if (text === undefined) return <span className="text-muted">nothing</span>;
  return gone ? (
    <del className="rounded-sm bg-danger-soft px-1 wrap-anywhere">{text}</del>
  ) : (
    <ins className="rounded-sm bg-positive-soft px-1 wrap-anywhere no-underline">{text}</ins>
  );
}

function Changes({ changes }: { changes: Change[] }) {
  return (
    <details className="mt-1 text-sm">
      <summary className="w-fit cursor-pointer text-xs text-muted hover:text-ink">
        What changed: {changes.map(({ name }) => name).join(', ')}
      </summary>
      <dl className="mt-2 grid gap-x-4 gap-y-1.5 rounded-lg bg-sunken px-3 py-2 text-xs sm:grid-cols-[auto_minmax(0,1fr)]">
        {changes.map(({ name, before, after }) => (
          <div key={name} className="sm:contents">
            <dt className="text-muted">{name}</dt>
            <dd className="font-mono whitespace-pre-wrap">
              <Value text={before} gone /> <span className="text-muted">→</span> <Value text={after} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** One thing that was done: who, from where, to what, and what was otherwise before. */
export function EntryRow({
  entry,
  name,
  onFilter,
}: {
  entry: ActivityEntry;
  name: string | undefined;
  onFilter: (filter: ActivityFilter) => void;
}) {
  const actor = ACTORS[entry.actor.kind] ?? { icon: UserRound, name: entry.actor.kind };
  const changes = listChanges(entry.before, entry.after);
  return (
    <li className="flex gap-3 px-4 py-3" data-action={entry.action}>
      <span className="mt-0.5 flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-muted">
        <actor.icon aria-hidden className="size-3.5" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="break-words">
          <span className="font-medium">{actionTitle(entry.action)}</span>{' '}
          <span className="text-muted">
            · <Subject entry={entry} name={name} />
          </span>
        </p>
        <p className="text-xs text-muted">
          <Moment at={entry.at} /> by{' '}
          <button
            type="button"
            title={`Only what ${entry.actor.name} did (${actor.name})`}
            onClick={() => onFilter({ actor: entry.actor.id })}
            className="text-left underline decoration-dotted underline-offset-2 hover:text-ink"
          >
            {entry.actor.name}
          </button>
          {entry.actor.address && ` from ${entry.actor.address}`}
          {' · '}
          <button
            type="button"
            onClick={() => onFilter({ subject: entry.subjectId })}
            className="text-left underline decoration-dotted underline-offset-2 hover:text-ink"
          >
            all about this
          </button>
        </p>
        {changes.length > 0 && <Changes changes={changes} />}
      </div>
    </li>
  );
}
