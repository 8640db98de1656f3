import { type Static, Type } from 'typebox';
import { nullable } from '#platform/http/index.ts';

export const MAX_QUERY_CHARACTERS = 10_000;

export const spanSchema = Type.Object({
  start: Type.Integer({ description: 'Offset into the document’s text, in UTF-16 code units.' }),
  end: Type.Integer({ description: 'End of the span, exclusive.' }),
  lineStart: nullable(Type.Integer()),
  lineEnd: nullable(Type.Integer()),
  page: nullable(Type.Integer()),
  headingPath: Type.Array(Type.String()),
});

export const searchQuery = Type.Object({
  q: Type.String({ description: 'Words to look for. Operators have no meaning.' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 10 })),
  source: Type.Optional(
    Type.Union(['repository', 'upload', 'url', 'api'].map((source) => Type.Literal(source))),
  ),
  repository: Type.Optional(Type.String({ format: 'uuid' })),
});

export const searchItemSchema = Type.Object({
  documentId: Type.String(),
  externalId: nullable(Type.String()),
  title: Type.String(),
  score: Type.Number({ description: 'BM25; comparable within one answer, not between queries.' }),
  span: spanSchema,
  excerpt: Type.String({ description: 'The part of the chunk around the words that were found.' }),
  path: nullable(Type.String()),
  repositoryId: nullable(Type.String()),
  chunkId: Type.String(),
});

export const indexStatusSchema = Type.Object({
  state: Type.Union([
    Type.Literal('ready'),
    Type.Literal('updating'),
    Type.Literal('rebuilding'),
    Type.Literal('empty'),
  ]),
  pending: Type.Integer({ description: 'Documents whose last change is not yet searchable.' }),
});

export const searchResultSchema = Type.Object({
  items: Type.Array(searchItemSchema, { description: 'One item per document: its best chunk.' }),
  total: Type.Integer({ description: 'Documents found, counted no further than needed for this answer.' }),
  tookMs: Type.Number(),
  index: indexStatusSchema,
  note: Type.Optional(
    Type.String({ description: 'What to know about an answer that is empty or incomplete.' }),
  ),
});

export type SearchItem = Static<typeof searchItemSchema>;
export type SearchResult = Static<typeof searchResultSchema>;
export type IndexStatus = Static<typeof indexStatusSchema>;
