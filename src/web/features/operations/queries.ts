import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { isActive } from '../../api/follow-job.ts';

const BUSY_POLL_MS = 1_500;
const IDLE_POLL_MS = 30_000;

/** The sets and what works on them; asked for often while something does. */
export function useBackups() {
  return useQuery({
    queryKey: ['backups'],
    queryFn: () => dataOf(api.GET('/api/v1/backups')),
    refetchInterval: ({ state }) => (state.data?.jobs.some(isActive) ? BUSY_POLL_MS : IDLE_POLL_MS),
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['backups'] });
}

export function useBackUp() {
  return useMutation({ mutationFn: () => dataOf(api.POST('/api/v1/backups')), onSettled: useRefresh() });
}

export function useVerifyBackup() {
  return useMutation({
    mutationFn: (set: string) =>
      dataOf(api.POST('/api/v1/backups/{set}/verify', { params: { path: { set } } })),
    onSettled: useRefresh(),
  });
}
