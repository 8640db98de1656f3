import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { isActive } from '../../api/follow-job.ts';

export function useRepositories() {
  return useQuery({
    queryKey: ['repositories'],
    queryFn: () => dataOf(api.GET('/api/v1/repositories', { params: { query: { limit: 200 } } })),
  });
}

export function useRepository(id: string) {
  return useQuery({
    queryKey: ['repositories', id],
    queryFn: () => dataOf(api.GET('/api/v1/repositories/{id}', { params: { path: { id } } })),
  });
}

export function useStatistics(id: string) {
  return useQuery({
    queryKey: ['repositories', id, 'statistics'],
    queryFn: () => dataOf(api.GET('/api/v1/repositories/{id}/statistics', { params: { path: { id } } })),
  });
}

const WHILE_ACTIVE_MS = 4_000;
/** A long list asks once for each repository: where nothing goes on it is enough to look now and then. */
const AT_REST_MS = 60_000;

/** The newest jobs about one repository. */
export function useRepositoryJobs(id: string) {
  return useQuery({
    queryKey: ['jobs', 'subject', id],
    queryFn: () => dataOf(api.GET('/api/v1/jobs', { params: { query: { subject: id, limit: 20 } } })),
    refetchInterval: ({ state }) => (state.data?.items.some(isActive) ? WHILE_ACTIVE_MS : AT_REST_MS),
  });
}

function useRefresh(keys: string[]) {
  const client = useQueryClient();
  return () => Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}

export interface TrackInput {
  location: string;
  accessToken?: string;
  includeSource?: boolean;
}

/** The page that follows its jobs asks for the list again; earlier, the welcome page would give way to the radar. */
export function useTrack() {
  return useMutation({
    mutationFn: (body: TrackInput) => dataOf(api.POST('/api/v1/repositories', { body })),
  });
}

export function useTrackSample() {
  return useMutation({
    mutationFn: () => dataOf(api.POST('/api/v1/repositories:sample')),
  });
}

export function useSync() {
  return useMutation({
    mutationFn: (id: string) =>
      dataOf(api.POST('/api/v1/repositories/{id}/sync', { params: { path: { id } } })),
    onSuccess: useRefresh(['repositories', 'jobs']),
  });
}

export function useArchive() {
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/repositories/{id}', { params: { path: { id } } }),
    onSuccess: useRefresh(['repositories', 'radar', 'technologies', 'drift', 'detections']),
  });
}

export function useCancelJob() {
  return useMutation({
    mutationFn: (id: string) => dataOf(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })),
    onSuccess: useRefresh(['jobs', 'repositories']),
  });
}

export function useRetryJob() {
  return useMutation({
    mutationFn: (id: string) => dataOf(api.POST('/api/v1/jobs/{id}/retry', { params: { path: { id } } })),
    onSuccess: useRefresh(['jobs', 'repositories']),
  });
}
