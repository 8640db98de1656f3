import type { App } from '#platform/http/index.ts';
import { searchQuery, searchResultSchema } from './schema.ts';
import { searchDocuments } from './service.ts';

/** Search over all documents of the project. */
export async function searchRoutes(app: App): Promise<void> {
  app.get(
    '/search',
    {
      schema: {
        tags: ['knowledge'],
        summary: 'Search the documents',
        description: 'Ranks by BM25 and returns the best chunk of each document.',
        querystring: searchQuery,
        response: { 200: searchResultSchema },
      },
      config: { permission: 'viewer' },
    },
    (request) => searchDocuments(request.context, request.query),
  );
}
