import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Ring, Technology } from '../../api/types.ts';

const PAGE = 200;
const MAX_PAGES = 25;
const HISTORY_PAGE = 50;
/** More would crowd the outermost band of the drawing. */
const UNREVIEWED_SHOWN = 60;

const path = (technology: string) => ({ path: { technology } });

export function useRadar() {
  return useQuery({
    queryKey: ['radar'],
    queryFn: () => dataOf(api.GET('/api/v1/radar', { params: { query: { unreviewed: UNREVIEWED_SHOWN } } })),
  });
}

/** Every technology; the list is filtered on the page, so that typing is answered at once. */
export function useTechnologies() {
  return useQuery({
    queryKey: ['technologies'],
    queryFn: async () => {
      const items: Technology[] = [];
      for (let page = 0, cursor: string | undefined; page < MAX_PAGES; page++) {
        const query = { limit: PAGE, archived: false, ...(cursor === undefined ? {} : { cursor }) };
        const answer = await dataOf(api.GET('/api/v1/technologies', { params: { query } }));
        items.push(...answer.items);
        if (!answer.nextCursor) break;
        cursor = answer.nextCursor;
      }
      return items;
    },
  });
}

export function useTechnology(slug: string) {
  return useQuery({
    queryKey: ['technologies', slug],
    queryFn: () => dataOf(api.GET('/api/v1/technologies/{technology}', { params: path(slug) })),
  });
}

export function useHistory(slug: string) {
  return useInfiniteQuery({
    queryKey: ['technologies', slug, 'history'],
    queryFn: ({ pageParam }) => {
      const query = { limit: HISTORY_PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) };
      return dataOf(
        api.GET('/api/v1/technologies/{technology}/history', { params: { ...path(slug), query } }),
      );
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function useDrift() {
  return useQuery({
    queryKey: ['drift'],
    queryFn: () => dataOf(api.GET('/api/v1/drift', { params: { query: { limit: PAGE } } })),
  });
}

/** How much there is, without reading it. */
export function useDriftTotal() {
  return useQuery({
    queryKey: ['drift', 'total'],
    queryFn: async () => (await dataOf(api.GET('/api/v1/drift', { params: { query: { limit: 1 } } }))).total,
  });
}

/** What changes when a technology does. */
function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all(
      ['technologies', 'radar', 'drift'].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
}

export interface MoveInput {
  toRing: Ring;
  reason: string;
  citations: { documentId: string; start: number; end: number; quote: string }[];
}

export function useMove(slug: string) {
  return useMutation({
    mutationFn: (body: MoveInput) =>
      dataOf(api.POST('/api/v1/technologies/{technology}/moves', { params: path(slug), body })),
    onSuccess: useRefresh(),
  });
}

export type TechnologyChanges = Partial<
  Pick<
    Technology,
    | 'name'
    | 'quadrant'
    | 'description'
    | 'owner'
    | 'tags'
    | 'homepage'
    | 'links'
    | 'standardVersion'
    | 'reviewDate'
  >
>;

export function useUpdateTechnology(technology: Technology) {
  return useMutation({
    mutationFn: (body: TechnologyChanges) =>
      dataOf(
        api.PATCH('/api/v1/technologies/{technology}', {
          params: { ...path(technology.slug), header: { 'if-match': String(technology.version) } },
          body,
        }),
      ),
    onSuccess: useRefresh(),
  });
}
