import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, dataOf } from './client.ts';
import type { Job } from './types.ts';

const TREE_POLL_MS = 900;
const BUSY_POLL_MS = 2_500;
const IDLE_POLL_MS = 20_000;

export const isActive = (job: Job): boolean => job.state === 'queued' || job.state === 'running';

const jobsOf = (rootId: string) => ['jobs', 'root', rootId] as const;

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
  useEffect(() => {
    const events = new EventSource(`/api/v1/jobs/${encodeURIComponent(rootId)}/events`);
    events.addEventListener('job', ({ data }) => {
      const job: Job = JSON.parse(data);
      client.setQueryData<{ items: Job[]; nextCursor: string | null }>(jobsOf(rootId), (page) =>
        page === undefined
          ? page
          : { ...page, items: page.items.map((one) => (one.id === job.id ? job : one)) },
      );
      if (!isActive(job)) {
        events.close();
        client.invalidateQueries({ queryKey: jobsOf(rootId) });
      }
    });
    // The page goes on by asking; an EventSource left open would reconnect to an ended job for ever.
    events.addEventListener('error', () => events.close());
    return () => events.close();
  }, [client, rootId]);
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
};

/** What a kind of job does, in words. */
export function jobTitle(kind: string): string {
  return (
    TITLES[kind] ?? kind.replace('.', ': ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)
  );
}
