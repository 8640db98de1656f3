import { type Static, Type } from 'typebox';
import { nullable, pageQuery } from '#platform/http/index.ts';
import { jobSchema } from '#platform/jobs/index.ts';

const instant = Type.String({ format: 'date-time' });
const oneOf = <const T extends string>(...values: T[]) => Type.Unsafe<T>({ type: 'string', enum: values });

export const documentSource = oneOf('repository', 'upload', 'url', 'api');
export const documentState = oneOf('pending', 'ready', 'failed', 'gone');

export const problemSchema = Type.Object({
  code: Type.String(),
  message: Type.String(),
  remedy: Type.Optional(Type.String()),
});

export const documentSchema = Type.Object({
  id: Type.String({ format: 'uuid' }),
  source: documentSource,
  repositoryId: nullable(Type.String({ format: 'uuid' })),
  externalId: Type.String({
    description: 'What its source calls it: a path, a file name, a URL, or the id that was sent.',
  }),
  path: nullable(Type.String()),
  uri: nullable(Type.String({ description: 'Where the original can be looked at.' })),
  title: Type.String(),
  mediaType: Type.String(),
  bytes: Type.Integer(),
  state: documentState,
  problem: nullable(problemSchema),
  chunkCount: Type.Integer(),
  indexState: oneOf('dirty', 'indexed'),
  commit: nullable(Type.String()),
  kept: Type.Boolean({ description: 'Restored by a person though its source no longer has it.' }),
  goneAt: nullable(instant),
  goneReason: nullable(oneOf('left-source', 'removed')),
  createdAt: instant,
  updatedAt: instant,
});
export type Document = Static<typeof documentSchema>;

export const documentDetailSchema = Type.Object({
  ...documentSchema.properties,
  text: Type.String({ description: 'The stored text; every offset counts UTF-16 code units of it.' }),
  headings: Type.Array(
    Type.Object({ title: Type.String(), level: Type.Integer(), start: Type.Integer(), line: Type.Integer() }),
    { description: 'Headings, or the symbols of source code.' },
  ),
  pages: Type.Array(Type.Object({ page: Type.Integer(), start: Type.Integer(), end: Type.Integer() })),
});
export type DocumentDetail = Static<typeof documentDetailSchema>;

export const listDocumentsQuery = Type.Object({
  ...pageQuery,
  source: Type.Optional(documentSource),
  repository: Type.Optional(Type.String({ format: 'uuid' })),
  state: Type.Optional(documentState),
  q: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Part of the title or the external id.' }),
  ),
});

export const MAX_BATCH = 1_000;

/** Such a text is kept as it is, and the database has no NUL. */
const WITHOUT_NUL = '^[^\\u0000]*$';

const batchDocument = Type.Object(
  {
    externalId: Type.String({ minLength: 1, maxLength: 1_000, pattern: WITHOUT_NUL }),
    title: Type.Optional(Type.String({ maxLength: 1_000, pattern: WITHOUT_NUL })),
    text: Type.String(),
    mediaType: Type.Optional(
      Type.String({
        maxLength: 200,
        pattern: WITHOUT_NUL,
        description: 'Told from the ending of externalId and the text if not given.',
      }),
    ),
    uri: Type.Optional(Type.String({ maxLength: 2_000, pattern: WITHOUT_NUL })),
  },
  { additionalProperties: false },
);
export type BatchDocument = Static<typeof batchDocument>;

export const batchBody = Type.Object(
  { documents: Type.Array(batchDocument, { minItems: 1, maxItems: MAX_BATCH }) },
  { additionalProperties: false },
);

const batchItem = Type.Object({
  externalId: Type.String(),
  documentId: Type.String({ format: 'uuid' }),
  status: oneOf('created', 'updated', 'unchanged', 'failed'),
  problem: Type.Optional(problemSchema),
});
export type BatchItem = Static<typeof batchItem>;
export const batchResult = Type.Object({
  items: Type.Array(batchItem, { description: 'One item per external id; of equal ones the last counts.' }),
});

export const fetchBody = Type.Object(
  { url: Type.String({ minLength: 1, maxLength: 2_000 }) },
  { additionalProperties: false },
);
export const documentAndJob = Type.Object({ document: documentSchema, job: jobSchema });
export type DocumentAndJob = Static<typeof documentAndJob>;
export const uploadResult = Type.Object({
  documents: Type.Array(documentSchema),
  job: Type.Optional(
    Type.Unsafe<Static<typeof jobSchema>>({ ...jobSchema, description: 'Absent if nothing has changed.' }),
  ),
});
export type UploadResult = Static<typeof uploadResult>;
