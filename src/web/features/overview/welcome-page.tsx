import { useNavigate } from '@tanstack/react-router';
import { FolderGit2, FolderOpen, type LucideIcon, Sparkles } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMay, useSession } from '../../app/session.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { useTrack, useTrackSample } from '../repositories/queries.ts';
import { TrackForm } from '../repositories/track-form.tsx';

function Offer({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3 rounded-2xl border border-line bg-surface p-5">
      <h2 className="flex items-center gap-2.5 font-semibold">
        <span className="flex size-8 items-center justify-center rounded-lg bg-accent-soft text-accent">
          <Icon aria-hidden className="size-4" />
        </span>
        {title}
      </h2>
      {children}
    </section>
  );
}

function ThisFolder({ path, onTracked }: { path: string; onTracked: (jobId: string) => void }) {
  const track = useTrack();
  return (
    <Offer icon={FolderOpen} title="Track this folder">
      <p className="text-muted">The git repository in which CommandCenter was started:</p>
      <p className="rounded-lg bg-sunken px-2.5 py-1.5 font-mono text-xs wrap-anywhere">{path}</p>
      {track.error && <ProblemNotice error={track.error} />}
      <div className="mt-auto">
        <Button
          look="primary"
          disabled={track.isPending}
          onClick={() => track.mutate({ location: path }, { onSuccess: ({ job }) => onTracked(job.rootId) })}
        >
          Track this folder
        </Button>
      </div>
    </Offer>
  );
}

function Sample({ onTracked }: { onTracked: (jobId: string) => void }) {
  const sample = useTrackSample();
  return (
    <Offer icon={Sparkles} title="Look at the sample project">
      <p className="text-muted">
        A small repository with services, decisions and a few years of history, to see what a radar looks
        like.
      </p>
      {sample.error && <ProblemNotice error={sample.error} />}
      <div className="mt-auto">
        <Button
          disabled={sample.isPending}
          onClick={() => sample.mutate(undefined, { onSuccess: ({ job }) => onTracked(job.rootId) })}
        >
          Look at the sample
        </Button>
      </div>
    </Offer>
  );
}

/** The first page of all: three ways to a first radar. */
export function WelcomePage() {
  const navigate = useNavigate();
  const session = useSession();
  const editor = useMay('editor');
  const folder = session.data?.workingFolder;
  const follow = (jobId: string): void => {
    navigate({ to: '/first-sync/$jobId', params: { jobId } });
  };
  if (session.data && !editor) {
    return (
      <EmptyState title="Nothing is tracked here yet">
        When an editor or owner of {session.data.project?.name ?? 'the project'} tracks a repository, its
        radar appears here.
      </EmptyState>
    );
  }
  return (
    <div className="mx-auto max-w-4xl lg:pt-10">
      <PageHeader
        title="What does your code really use?"
        intro="CommandCenter reads a repository, draws a technology radar from it with the lines that prove each entry, and answers questions from its documents. The repository is only ever read."
      />
      <div className="grid gap-4 md:grid-cols-2">
        {folder?.isRepository && <ThisFolder path={folder.path} onTracked={follow} />}
        <Sample onTracked={follow} />
        <div className="md:col-span-2">
          <Offer icon={FolderGit2} title="Track a folder or a git URL">
            <TrackForm onTracked={follow} />
          </Offer>
        </div>
      </div>
    </div>
  );
}
