import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { api, callApi, dataOf } from '../../api/client.ts';
import type { DocumentSummary } from '../../api/types.ts';

const PAGE = 50;
const BUSY_POLL_MS = 2_000;

export type DocumentState = DocumentSummary['state'];
export type DocumentSource = DocumentSummary['source'];

export interface DocumentFilter {
  q?: string;
  state?: DocumentState;
  source?: DocumentSource;
}

export function useSearch(q: string, limit = 20) {
  return useQuery({
    queryKey: ['search', q, limit],
    enabled: q.trim() !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/search', { params: { query: { q, limit } }, signal })),
  });
}

export function useDocuments(filter: DocumentFilter) {
  return useInfiniteQuery({
    queryKey: ['documents', 'list', filter],
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET('/api/v1/documents', {
          params: { query: { ...filter, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((item) => item.state === 'pending'))
        ? BUSY_POLL_MS
        : false,
  });
}

function documentQuery(id: string) {
  return queryOptions({
    queryKey: ['documents', id],
    queryFn: () => dataOf(api.GET('/api/v1/documents/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  });
}

export function useDocument(id: string) {
  return useQuery(documentQuery(id));
}

/** Reads the exact text of a passage; what a search shows of it is shortened. */
export function usePassage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ documentId, start, end }: { documentId: string; start: number; end: number }) => {
      const { text } = await client.fetchQuery(documentQuery(documentId));
      return text.slice(start, end);
    },
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all(['documents', 'search', 'jobs'].map((key) => client.invalidateQueries({ queryKey: [key] })));
}

/** Sends files as they are; the server reads what each of them is. */
export function useUpload() {
  return useMutation({
    mutationFn: async (files: File[]) => {
      const body = new FormData();
      for (const file of files) body.append('files', file, file.name);
      await callApi('/api/v1/documents', { method: 'POST', body });
    },
    onSuccess: useRefresh(),
  });
}

export function useFetchDocument() {
  return useMutation({
    mutationFn: (url: string) => dataOf(api.POST('/api/v1/documents:fetch', { body: { url } })),
    onSuccess: useRefresh(),
  });
}

export function useRetryDocument() {
  return useMutation({
    mutationFn: (id: string) => api.POST('/api/v1/documents/{id}/retry', { params: { path: { id } } }),
    onSuccess: useRefresh(),
  });
}

export function useRestoreDocument() {
  return useMutation({
    mutationFn: (id: string) => api.POST('/api/v1/documents/{id}/restore', { params: { path: { id } } }),
    onSuccess: useRefresh(),
  });
}

export function useRemoveDocument() {
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/documents/{id}', { params: { path: { id } } }),
    onSuccess: useRefresh(),
  });
}
