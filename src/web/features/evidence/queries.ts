import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';

const PAGE = 100;
const TOP = 5;
const MAX_PAGES = 20;

export interface DetectionFilter {
  technology?: string;
  repository?: string;
  includeWrong?: boolean;
}

export function useDetections(filter: DetectionFilter) {
  return useInfiniteQuery({
    queryKey: ['detections', filter],
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET('/api/v1/detections', {
          params: { query: { ...filter, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** The surest evidence for a technology, for the card on the radar. */
export function useTopEvidence(technology: string) {
  return useQuery({
    queryKey: ['detections', 'top', technology],
    queryFn: () => dataOf(api.GET('/api/v1/detections', { params: { query: { technology, limit: TOP } } })),
    staleTime: 60_000,
  });
}

/** The slugs of all technologies found in one repository. */
export function useTechnologiesIn(repository: string | undefined) {
  return useQuery({
    queryKey: ['detections', 'slugs', repository],
    enabled: repository !== undefined,
    queryFn: async () => {
      const slugs = new Set<string>();
      for (let page = 0, cursor: string | undefined; page < MAX_PAGES && repository; page++) {
        const query = { repository, limit: 200, ...(cursor === undefined ? {} : { cursor }) };
        const answer = await dataOf(api.GET('/api/v1/detections', { params: { query } }));
        for (const { technology } of answer.items) slugs.add(technology);
        if (!answer.nextCursor) break;
        cursor = answer.nextCursor;
      }
      return slugs;
    },
  });
}

/** Marks a detection wrong or right; it stays so in every later scan. */
export function useVerdict() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; verdict: 'wrong' | 'right'; reason?: string }) =>
      dataOf(api.PATCH('/api/v1/detections/{id}', { params: { path: { id } }, body })),
    onSuccess: () =>
      Promise.all(
        ['detections', 'technologies', 'radar', 'drift'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      ),
  });
}

/** The newest scan of a repository. */
export function useLastScan(repository: string) {
  return useQuery({
    queryKey: ['detections', 'scan', repository],
    queryFn: () => dataOf(api.GET('/api/v1/scans', { params: { query: { repository, limit: 1 } } })),
  });
}
