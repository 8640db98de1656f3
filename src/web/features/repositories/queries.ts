import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { isActive, useActiveJobs } from '../../api/follow-job.ts';
import type { Job, Repository } from '../../api/types.ts';

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
const AT_REST_MS = 60_000;

/** The newest jobs about one repository. */
export function useRepositoryJobs(id: string) {
  return useQuery({
    queryKey: ['jobs', 'subject', id],
    queryFn: () => dataOf(api.GET('/api/v1/jobs', { params: { query: { subject: id, limit: 20 } } })),
    refetchInterval: ({ state }) => (state.data?.items.some(isActive) ? WHILE_ACTIVE_MS : AT_REST_MS),
  });
}

/**
 * What goes on for each repository, or has failed since it was fetched last. Two questions for all of them together:
 * one for each would be hundreds.
 */
export function useJobsByRepository(): (repository: Repository) => Job[] {
  const active = useActiveJobs();
  const failed = useQuery({
    queryKey: ['jobs', 'failed'],
    queryFn: () => dataOf(api.GET('/api/v1/jobs', { params: { query: { state: 'failed', limit: 200 } } })),
    refetchInterval: active.length > 0 ? WHILE_ACTIVE_MS : AT_REST_MS,
  });
  return ({ id, lastSyncedAt }) =>
    [...active, ...(failed.data?.items ?? [])].filter(
      (job) => job.subjectId === id && (isActive(job) || (job.finishedAt ?? '') > (lastSyncedAt ?? '')),
    );
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
