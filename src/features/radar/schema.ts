import { type Static, Type } from 'typebox';
import { nullable, pageOf, pageQuery } from '#platform/http/index.ts';
import { DRIFT_KINDS } from './detect-drift.ts';
import { KINDS, RINGS } from './rings.ts';

function oneOf<Value extends string>(values: readonly Value[]) {
  return Type.Unsafe<Value>({ type: 'string', enum: [...values] });
}

export const ringSchema = oneOf(RINGS);
const kindSchema = oneOf(KINDS);
const bandSchema = oneOf([...RINGS, 'unreviewed']);
const slugSchema = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]*$', maxLength: 200 });
const quadrantId = Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', maxLength: 60 });
const webAddress = Type.String({ maxLength: 2000, pattern: '^https?://' });
const timestamp = Type.String({ format: 'date-time' });
const uuid = Type.String({ format: 'uuid' });

const linkSchema = Type.Object({ title: Type.String({ minLength: 1, maxLength: 200 }), url: webAddress });

const citationSchema = Type.Object(
  {
    documentId: uuid,
    start: Type.Integer({ minimum: 0 }),
    end: Type.Integer({ minimum: 1 }),
    quote: Type.String({ minLength: 1, maxLength: 10_000 }),
  },
  { description: 'A passage of a stored document; offsets count UTF-16 code units, `end` is exclusive.' },
);

export const usageSchema = Type.Object({
  repositories: Type.Integer(),
  detections: Type.Integer(),
  versions: Type.Array(Type.String(), { description: 'At most ten, the newest first.' }),
  confidence: Type.Number({ description: 'Of the surest detection, 0 to 1.' }),
  runtime: Type.Boolean({ description: 'Whether something beyond development uses it.' }),
});

export const technologySchema = Type.Object({
  id: uuid,
  slug: Type.String(),
  name: Type.String(),
  kind: kindSchema,
  quadrant: Type.String(),
  ring: nullable(ringSchema),
  description: Type.String(),
  owner: nullable(Type.String()),
  tags: Type.Array(Type.String()),
  homepage: nullable(Type.String()),
  links: Type.Array(linkSchema),
  standardVersion: nullable(Type.String()),
  reviewDate: nullable(Type.String({ format: 'date' })),
  catalogued: Type.Boolean({ description: 'Whether the catalogue of technologies knows it.' }),
  usage: usageSchema,
  version: Type.Integer({ description: 'Send it back as If-Match to change the technology.' }),
  archivedAt: nullable(timestamp),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Technology = Static<typeof technologySchema>;

export const technologyParams = Type.Object({
  technology: Type.String({ maxLength: 300, description: 'The id or the slug.' }),
});

export const listTechnologiesQuery = Type.Object({
  ...pageQuery,
  ring: Type.Optional(bandSchema),
  quadrant: Type.Optional(Type.String({ maxLength: 60 })),
  kind: Type.Optional(kindSchema),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of the name, slug or a tag.' })),
  used: Type.Optional(Type.Boolean({ description: 'Whether code uses it.' })),
  archived: Type.Boolean({ default: false, description: 'The archived ones instead of the others.' }),
});
export const technologyPage = pageOf(technologySchema);

const editableFields = {
  name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
  kind: kindSchema,
  quadrant: quadrantId,
  description: Type.String({ maxLength: 10_000 }),
  owner: nullable(Type.String({ minLength: 1, maxLength: 200 })),
  tags: Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 50, uniqueItems: true }),
  homepage: nullable(webAddress),
  links: Type.Array(linkSchema, { maxItems: 50 }),
  standardVersion: nullable(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'What code should have reached: 20, ^18, >=3.12, 16-alpine.',
    }),
  ),
  reviewDate: nullable(Type.String({ format: 'date' })),
};

const { name, ...optionalFields } = editableFields;
export const createTechnologyBody = Type.Object(
  {
    name,
    slug: Type.Optional(slugSchema),
    ...Type.Partial(Type.Object(optionalFields)).properties,
  },
  { additionalProperties: false },
);
export type CreateTechnology = Static<typeof createTechnologyBody>;

export const updateTechnologyBody = Type.Object(
  {
    ...Type.Partial(Type.Object(editableFields)).properties,
    archived: Type.Optional(Type.Literal(false, { description: 'Brings an archived technology back.' })),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type UpdateTechnology = Static<typeof updateTechnologyBody>;

export const ifMatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ maxLength: 60, description: 'The version that the change starts from.' }),
  ),
});

export const moveSchema = Type.Object({
  id: uuid,
  technologyId: uuid,
  fromRing: nullable(ringSchema),
  toRing: ringSchema,
  reason: Type.String(),
  actor: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
  decidedAt: timestamp,
  citations: Type.Array(citationSchema),
});
export type Move = Static<typeof moveSchema>;
export const movePage = pageOf(moveSchema);

export const moveBody = Type.Object(
  {
    toRing: ringSchema,
    reason: Type.String({ minLength: 1, maxLength: 10_000, pattern: '\\S' }),
    citations: Type.Optional(Type.Array(citationSchema, { maxItems: 50 })),
  },
  { additionalProperties: false },
);
export type MoveInput = Static<typeof moveBody>;
export const movedSchema = Type.Object({ technology: technologySchema, move: moveSchema });

export const listMovesQuery = Type.Object(pageQuery);

export const historyEntrySchema = Type.Object({
  type: oneOf(['move', 'entered', 'version', 'left']),
  at: timestamp,
  repositoryId: nullable(Type.String()),
  repositoryName: nullable(Type.String()),
  path: nullable(Type.String()),
  versionBefore: nullable(Type.String()),
  versionAfter: nullable(Type.String()),
  commit: nullable(Type.String()),
  author: nullable(Type.String()),
  move: nullable(moveSchema),
});
export type HistoryEntry = Static<typeof historyEntrySchema>;
export const historyPage = pageOf(historyEntrySchema);

const quadrantSchema = Type.Object({
  id: quadrantId,
  name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
  kinds: Type.Array(kindSchema, {
    description: 'What is found with one of these kinds belongs here by default.',
  }),
});
export const settingsSchema = Type.Object({
  quadrants: Type.Array(quadrantSchema),
  version: Type.Integer(),
});
export type RadarSettings = Static<typeof settingsSchema>;
export const settingsBody = Type.Object(
  {
    quadrants: Type.Array(
      Type.Object(
        { ...quadrantSchema.properties, kinds: Type.Optional(quadrantSchema.properties.kinds) },
        { additionalProperties: false },
      ),
      { minItems: 2, maxItems: 8, description: 'Clockwise from the upper left.' },
    ),
  },
  { additionalProperties: false },
);
export type SettingsInput = Static<typeof settingsBody>;

export const radarQuery = Type.Object({
  unreviewed: Type.Integer({
    minimum: 0,
    maximum: 200,
    default: 60,
    description: 'How many unreviewed technologies the outermost band shows at most.',
  }),
});

export const blipSchema = Type.Object({
  technologyId: uuid,
  slug: Type.String(),
  name: Type.String(),
  kind: kindSchema,
  quadrant: Type.String(),
  ring: nullable(ringSchema),
  number: Type.Integer({ description: 'As in the legend.' }),
  x: Type.Number({ description: 'To the right, -1 to 1 within the radar’s circle.' }),
  y: Type.Number({ description: 'Downward, -1 to 1 within the radar’s circle.' }),
  moved: oneOf(['new', 'in', 'out', 'none']),
  usage: usageSchema,
});

export const radarSchema = Type.Object({
  quadrants: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      startAngle: Type.Number({ description: 'Radians, clockwise from the right, as in SVG.' }),
      endAngle: Type.Number(),
    }),
  ),
  rings: Type.Array(
    Type.Object({
      id: bandSchema,
      name: Type.String(),
      innerRadius: Type.Number(),
      outerRadius: Type.Number(),
    }),
    { description: 'From the centre outward; `unreviewed` only while its band shows something.' },
  ),
  blipRadius: Type.Number({ description: 'At which no two blips overlap.' }),
  blips: Type.Array(blipSchema),
  unreviewed: Type.Integer({ description: 'All unreviewed technologies that code uses.' }),
  rest: Type.Integer({ description: 'Those of them that are not drawn.' }),
  movedSince: timestamp,
});
export type Radar = Static<typeof radarSchema>;

const severitySchema = oneOf(['high', 'medium', 'low']);
const driftSubject = Type.Object({
  id: uuid,
  slug: Type.String(),
  name: Type.String(),
  ring: nullable(ringSchema),
});

const driftItemSchema = Type.Object({
  kind: oneOf(DRIFT_KINDS),
  technology: driftSubject,
  severity: severitySchema,
  summary: Type.String(),
  evidence: Type.Array(
    Type.Object({
      path: Type.String(),
      line: Type.Integer(),
      excerpt: Type.String(),
      rule: Type.String(),
      commit: Type.String(),
      repositoryId: Type.String(),
      repositoryName: Type.String(),
      version: nullable(Type.String()),
    }),
    { description: 'The code that makes it so; at most ten lines.' },
  ),
  evidenceTotal: Type.Integer(),
  decision: nullable(
    Type.Object({ ring: ringSchema, reason: Type.String(), by: Type.String(), at: timestamp }),
  ),
  standardVersion: nullable(Type.String()),
  reviewDate: nullable(Type.String()),
});

export const driftQuery = Type.Object({
  ...pageQuery,
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 200 }),
  kind: Type.Optional(oneOf(DRIFT_KINDS)),
  severity: Type.Optional(severitySchema),
});
export type DriftQuery = Static<typeof driftQuery>;

export const driftSchema = Type.Object({
  items: Type.Array(driftItemSchema),
  nextCursor: nullable(Type.String()),
  total: Type.Integer({ description: 'How many match the filters.' }),
  counts: Type.Record(Type.String(), Type.Integer(), {
    description: 'All drift by kind, whatever the filters.',
  }),
  notCompared: Type.Array(
    Type.Object({
      technology: driftSubject,
      standardVersion: Type.String(),
      repositoryName: Type.String(),
      component: nullable(Type.String()),
      version: nullable(Type.String()),
      why: Type.String(),
    }),
    { description: 'Uses whose version can’t be compared with the standard, at most 200.' },
  ),
  scannedRepositories: Type.Integer(),
});
export type DriftReport = Static<typeof driftSchema>;
