import { type Static, Type } from 'typebox';
import { nullable, pageQuery } from '#platform/http/index.ts';

const uuid = () => Type.String({ format: 'uuid' });
const instant = () => Type.String({ format: 'date-time' });

export const evidenceSchema = Type.Object({
  path: Type.String(),
  line: Type.Integer({ description: 'From 1.' }),
  excerpt: Type.String(),
  rule: Type.String({ description: 'The rule that saw it.' }),
  commit: Type.String(),
});

export const detectionSchema = Type.Object({
  id: uuid(),
  repositoryId: uuid(),
  repositoryName: Type.String(),
  technology: Type.String({ description: 'Slug of the technology.' }),
  technologyName: Type.String(),
  kind: Type.String(),
  ecosystem: Type.String(),
  packageName: Type.String(),
  component: Type.String({ description: 'Folder of the package in a monorepo; empty for the root.' }),
  scope: Type.String(),
  versionDeclared: nullable(Type.String()),
  versionLocked: nullable(Type.String()),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  rule: Type.String(),
  evidence: Type.Array(evidenceSchema),
  verdict: nullable(Type.Union([Type.Literal('wrong'), Type.Literal('right')])),
  firstSeenAt: instant(),
  scannedAt: instant(),
});
export type Detection = Static<typeof detectionSchema>;

export const detectionQuery = Type.Object({
  ...pageQuery,
  technology: Type.Optional(Type.String()),
  repository: Type.Optional(uuid()),
  kind: Type.Optional(Type.String()),
  scope: Type.Optional(Type.Union([Type.Literal('runtime'), Type.Literal('development')])),
  includeWrong: Type.Optional(Type.Boolean({ default: false })),
});
export type DetectionQuery = Static<typeof detectionQuery>;

export const verdictBody = Type.Object({
  verdict: Type.Union([Type.Literal('wrong'), Type.Literal('right')]),
  reason: Type.Optional(Type.String({ maxLength: 2000 })),
});
export type VerdictBody = Static<typeof verdictBody>;

export const scanSchema = Type.Object({
  id: uuid(),
  repositoryId: uuid(),
  commit: Type.String(),
  committedAt: nullable(instant()),
  startedAt: instant(),
  finishedAt: instant(),
  files: Type.Integer({ description: 'Files that were read.' }),
  counts: Type.Object({
    detections: Type.Integer(),
    technologies: Type.Integer(),
    ignored: Type.Integer(),
    transitive: Type.Record(Type.String(), Type.Integer()),
  }),
  problems: Type.Array(Type.Object({ path: Type.String(), code: Type.String(), message: Type.String() })),
});
export type Scan = Static<typeof scanSchema>;

export const transitiveSchema = Type.Object({
  ecosystem: Type.String(),
  name: Type.String(),
  version: Type.String(),
  component: Type.String(),
  path: Type.String(),
  line: Type.Integer(),
});

export const ignoredPathSchema = Type.Object({
  id: uuid(),
  repositoryId: nullable(uuid()),
  pattern: Type.String(),
  actorName: Type.String(),
  createdAt: instant(),
});
export const ignoredPathBody = Type.Object({
  pattern: Type.String({ minLength: 1, maxLength: 500, description: 'As in .gitignore, e.g. `examples/`.' }),
  repositoryId: Type.Optional(uuid()),
});
export type IgnoredPathBody = Static<typeof ignoredPathBody>;

export const pinSchema = Type.Object({
  id: uuid(),
  ecosystem: Type.String(),
  packageName: Type.String(),
  technology: Type.String(),
  technologyName: Type.String(),
  actorName: Type.String(),
  createdAt: instant(),
});
export const pinBody = Type.Object({
  ecosystem: Type.String({ minLength: 1, maxLength: 50 }),
  packageName: Type.String({ minLength: 1, maxLength: 300 }),
  technology: Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,99}$',
    description: 'Slug of the technology that the package stands for.',
  }),
  technologyName: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
});
export type PinBody = Static<typeof pinBody>;

export const historySchema = Type.Object({
  repositoryId: uuid(),
  repositoryName: Type.String(),
  technology: Type.String(),
  ecosystem: Type.String(),
  packageName: Type.String(),
  path: Type.String(),
  change: Type.Union([Type.Literal('entered'), Type.Literal('version'), Type.Literal('left')]),
  versionBefore: nullable(Type.String()),
  versionAfter: nullable(Type.String()),
  commit: Type.String(),
  committedAt: instant(),
  author: Type.String(),
});
export type HistoryEntry = Static<typeof historySchema>;
