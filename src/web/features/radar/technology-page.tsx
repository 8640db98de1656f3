import { getRouteApi } from '@tanstack/react-router';
import { ExternalLink, Pencil } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Technology } from '../../api/types.ts';
import { useMay } from '../../app/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { count, formatDate } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { PageHeader, Panel } from '../../ui/page.tsx';
import { EvidenceTable } from '../evidence/evidence-table.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { useRadar, useTechnology } from './queries.ts';
import { RingBadge } from './ring-badge.tsx';
import { Timeline } from './timeline.tsx';

const route = getRouteApi('/shell/technologies/$slug');

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 px-4 py-2">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </div>
  );
}

function Facts({ technology }: { technology: Technology }) {
  const radar = useRadar();
  const { usage } = technology;
  const overdue = technology.reviewDate !== null && new Date(technology.reviewDate) < new Date();
  return (
    <dl className="divide-y divide-line text-sm">
      <Fact name="Kind">{technology.kind}</Fact>
      <Fact name="Quadrant">
        {radar.data?.quadrants.find(({ id }) => id === technology.quadrant)?.name ?? technology.quadrant}
      </Fact>
      <Fact name="Used in">{count(usage.repositories, 'repository', 'repositories')}</Fact>
      {usage.versions.length > 0 && (
        <Fact name="Versions">
          <span className="font-mono text-xs">{usage.versions.join(', ')}</span>
        </Fact>
      )}
      {technology.standardVersion && (
        <Fact name="Standard version">
          <span className="font-mono text-xs">{technology.standardVersion}</span>
        </Fact>
      )}
      {technology.owner && <Fact name="Owner">{technology.owner}</Fact>}
      {technology.reviewDate && (
        <Fact name="Review">
          <span className={overdue ? 'font-medium text-assess' : ''}>
            {formatDate(technology.reviewDate)}
            {overdue && ', overdue'}
          </span>
        </Fact>
      )}
    </dl>
  );
}

function Links({ technology }: { technology: Technology }) {
  const homepage = technology.homepage ? [{ title: 'Homepage', url: technology.homepage }] : [];
  const links = [...homepage, ...technology.links];
  if (links.length === 0) return null;
  return (
    <ul className="grid grid-cols-1 gap-1 border-t border-line px-4 py-3 text-sm">
      {links.map(({ title, url }) => (
        <li key={`${title} ${url}`}>
          <a
            href={url}
            target="_blank"
            rel="noreferrer"
            className="link inline-flex items-center gap-1.5 break-all"
          >
            {title}
            <ExternalLink aria-hidden className="size-3 shrink-0" />
          </a>
        </li>
      ))}
    </ul>
  );
}

function TechnologyView({ technology }: { technology: Technology }) {
  const [dialog, setDialog] = useState<'move' | 'edit' | null>(null);
  const editor = useMay('editor');
  const close = (): void => setDialog(null);
  return (
    <>
      <PageHeader
        title={technology.name}
        above={
          <div className="mb-2 flex flex-wrap items-center gap-1.5">
            <RingBadge ring={technology.ring} />
            {technology.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </div>
        }
        intro={
          technology.description ? (
            <p className="whitespace-pre-line">{technology.description}</p>
          ) : (
            'No description yet.'
          )
        }
        actions={
          editor && (
            <>
              <Button onClick={() => setDialog('edit')}>
                <Pencil aria-hidden className="size-3.5" />
                Edit
              </Button>
              <Button look="primary" onClick={() => setDialog('move')}>
                Move to a ring
              </Button>
            </>
          )
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <EvidenceTable filter={{ technology: technology.slug }} />
        <div className="grid grid-cols-1 gap-6">
          <Panel title="Facts">
            <Facts technology={technology} />
            <Links technology={technology} />
          </Panel>
          <Panel title="Timeline">
            <Timeline slug={technology.slug} />
          </Panel>
        </div>
      </div>
      {dialog === 'move' && <MoveDialog technology={technology} onClose={close} />}
      {dialog === 'edit' && <EditDialog technology={technology} onClose={close} />}
    </>
  );
}

export function TechnologyPage() {
  const { slug } = route.useParams();
  return (
    <Loaded query={useTechnology(slug)}>{(technology) => <TechnologyView technology={technology} />}</Loaded>
  );
}
