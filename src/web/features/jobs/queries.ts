import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Job } from '../../api/types.ts';

const PAGE = 30;
const POLL_MS = 4_000;
const COUNT_MS = 30_000;

/** The jobs in one state, newest first; asked for again often, because jobs come without anybody's asking. */
export function useJobsIn(state: Job['state']) {
  return useInfiniteQuery({
    queryKey: ['jobs', 'in', state],
    queryFn: ({ pageParam }) => {
      const query = { state, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) };
      return dataOf(api.GET('/api/v1/jobs', { params: { query } }));
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: POLL_MS,
  });
}

/** How many jobs wait, run, or have failed and wait for somebody to look at them. */
export function useJobCounts() {
  return useQuery({
    queryKey: ['jobs', 'counts'],
    queryFn: () => dataOf(api.GET('/api/v1/jobs/counts')),
    refetchInterval: COUNT_MS,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['jobs'] });
}

export function useRetryJob() {
  return useMutation({
    mutationFn: (id: string) => dataOf(api.POST('/api/v1/jobs/{id}/retry', { params: { path: { id } } })),
    onSettled: useRefresh(),
  });
}

/** Gives a failed job up: it is not tried again, and leaves the list. */
export function useDropJob() {
  return useMutation({
    mutationFn: (id: string) => dataOf(api.POST('/api/v1/jobs/{id}/drop', { params: { path: { id } } })),
    onSettled: useRefresh(),
  });
}

export function useCancelJob() {
  return useMutation({
    mutationFn: (id: string) => dataOf(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })),
    onSettled: useRefresh(),
  });
}
