import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';

/** Processes tell of themselves this often. */
const POLL_MS = 10_000;
const TIMELINE_POLL_MS = 30_000;

/** How the installation is: health, objectives, alerts, processes, jobs, backups. */
export function useOperations() {
  return useQuery({
    queryKey: ['operations', 'overview'],
    queryFn: () => dataOf(api.GET('/api/v1/operations')),
    refetchInterval: POLL_MS,
  });
}

/** What was answered how fast in the last hour. */
export function useRequestTimes() {
  return useQuery({
    queryKey: ['operations', 'requests'],
    queryFn: () => dataOf(api.GET('/api/v1/operations/requests', { params: { query: { seconds: 3600 } } })),
    refetchInterval: POLL_MS,
  });
}

/** Deploys, incidents, backups, restores and drills of 30 days. */
export function useTimeline() {
  return useQuery({
    queryKey: ['operations', 'timeline'],
    queryFn: () => dataOf(api.GET('/api/v1/operations/timeline', { params: { query: { days: 30 } } })),
    refetchInterval: TIMELINE_POLL_MS,
  });
}
