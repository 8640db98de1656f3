import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf } from './client.ts';
import { inProject } from './project.ts';
import type { Job } from './types.ts';

const TREE_POLL_MS = 900;
const BUSY_POLL_MS = 2_500;
const IDLE_POLL_MS = 20_000;

export const isActive = (job: Job): boolean => job.state === 'queued' || job.state === 'running';

const jobsOf = (rootId: string) => ['jobs', 'root', rootId] as const;

/** Tells of every change of a job until it ends, by server-sent events; returns what stops that. */
function followJob(id: string, onChange: (job: Job) => void): () => void {
  const events = new EventSource(inProject(`/api/v1/jobs/${encodeURIComponent(id)}/events`));
  events.addEventListener('job', ({ data }) => {
    const job: Job = JSON.parse(data);
    if (!isActive(job)) events.close();
    onChange(job);
  });
  // The page goes on by asking; an EventSource left open would reconnect to an ended job for ever.
  events.addEventListener('error', () => events.close());
  return () => events.close();
}

/** A job as it is at this moment; when it ends, every list of jobs is asked for again. */
export function useLiveJob(job: Job, follow: boolean): Job {
  const client = useQueryClient();
  const [live, setLive] = useState(job);
  const { id } = job;
  const watching = follow && isActive(job);
  useEffect(() => {
    if (!watching) return;
    return followJob(id, (next) => {
      setLive(next);
      if (!isActive(next)) client.invalidateQueries({ queryKey: ['jobs'] });
    });
  }, [client, id, watching]);
  return watching && live.id === id && live.state !== 'queued' ? live : job;
}

/**
 * A job and all that it has set off. The first is followed by server-sent events; the rest, and everything when
 * the stream breaks, by asking.
 */
export function useJobTree(rootId: string) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: jobsOf(rootId),
    queryFn: () => dataOf(api.GET('/api/v1/jobs', { params: { query: { root: rootId, limit: 200 } } })),
    refetchInterval: ({ state }) => (state.data?.items.every((job) => !isActive(job)) ? false : TREE_POLL_MS),
  });
  useEffect(
    () =>
      followJob(rootId, (job) => {
        client.setQueryData<{ items: Job[]; nextCursor: string | null }>(jobsOf(rootId), (page) =>
          page === undefined
            ? page
            : { ...page, items: page.items.map((one) => (one.id === job.id ? job : one)) },
        );
        if (!isActive(job)) client.invalidateQueries({ queryKey: jobsOf(rootId) });
      }),
    [client, rootId],
  );
  return query;
}

/** The jobs that run now, for the whole project. When the last one ends, everything shown is asked for again. */
export function useActiveJobs(): Job[] {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['jobs', 'active'],
    queryFn: async () => {
      const [running, queued] = await Promise.all(
        (['running', 'queued'] as const).map((state) =>
          dataOf(api.GET('/api/v1/jobs', { params: { query: { state, limit: 100 } } })),
        ),
      );
      return [...(running?.items ?? []), ...(queued?.items ?? [])];
    },
    refetchInterval: ({ state }) => (state.data?.length ? BUSY_POLL_MS : IDLE_POLL_MS),
  });
  const count = query.data?.length ?? 0;
  useEffect(() => {
    if (count === 0) return;
    return () => {
      client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'jobs' });
    };
  }, [client, count]);
  return query.data ?? [];
}

const TITLES: Record<string, string> = {
  'repositories.sync': 'Fetch the repository',
  'repositories.syncDue': 'See which repositories are due',
  'evidence.scan': 'Look for technologies',
  'evidence.walkHistory': 'Walk the history of versions',
  'radar.reviewDetections': 'Place them on the radar',
  'knowledge.ingestRepository': 'Read the documents',
  'knowledge.ingestUpload': 'Read the uploaded files',
  'knowledge.fetchUrl': 'Fetch a page',
  'knowledge.updateIndex': 'Make them searchable',
  'operations.backUp': 'Make a backup',
  'operations.verifyBackup': 'Verify a backup',
  'operations.checkOffSite': 'Compare the copy elsewhere',
  'operations.backupDue': 'See whether a backup is due',
};

/** What a kind of job does, in words. */
export function jobTitle(kind: string): string {
  return (
    TITLES[kind] ?? kind.replace('.', ': ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)
  );
}
