import { useInfiniteQuery } from '@tanstack/react-query';
import { callApi } from '../../api/client.ts';
import { inProject } from '../../api/project.ts';

export interface ActivityEntry {
  id: string;
  at: string;
  actor: { kind: string; id: string; name: string; address?: string | null };
  action: string;
  subjectKind: string;
  subjectId: string;
  before?: unknown;
  after?: unknown;
}

export interface ActivityFilter {
  actor?: string;
  action?: string;
  subject?: string;
  from?: string;
  to?: string;
}

const PAGE = 50;

export function useActivity(filter: ActivityFilter) {
  return useInfiniteQuery({
    queryKey: ['activity', filter],
    queryFn: async ({ pageParam, signal }) => {
      const query = new URLSearchParams({ ...filter, limit: String(PAGE) });
      if (pageParam !== '') query.set('cursor', pageParam);
      const response = await callApi(`/api/v1/activity?${query}`, { signal });
      const page: { items: ActivityEntry[]; nextCursor: string | null } = await response.json();
      return page;
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

/** The whole log, or what the filter leaves of it, as JSON lines. */
export function exportAddress(filter: ActivityFilter): string {
  const query = new URLSearchParams({ ...filter });
  return inProject(`/api/v1/activity/export${query.size > 0 ? `?${query}` : ''}`);
}
