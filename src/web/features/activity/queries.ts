import { useInfiniteQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { inProject } from '../../api/project.ts';

export interface ActivityFilter {
  actor?: string;
  action?: string;
  subject?: string;
  from?: string;
  to?: string;
}

/** Each project has a log, and so has what belongs to none: sign-ins, passwords, users. */
export type Log = 'project' | 'installation';

const PAGE = 50;

export function useActivity(log: Log, filter: ActivityFilter) {
  return useInfiniteQuery({
    queryKey: ['activity', log, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) };
      return log === 'project'
        ? dataOf(api.GET('/api/v1/activity', { params: { query }, signal }))
        : dataOf(api.GET('/api/v1/installation/activity', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

/** The whole log, or what the filter leaves of it, as JSON lines. */
export function exportAddress(log: Log, filter: ActivityFilter): string {
  const query = new URLSearchParams({ ...filter });
  const tail = query.size > 0 ? `?${query}` : '';
  return log === 'project'
    ? inProject(`/api/v1/activity/export${tail}`)
    : `/api/v1/installation/activity/export${tail}`;
}
