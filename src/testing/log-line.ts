import { Type } from 'typebox';

const text = Type.String({ minLength: 1 });
const milliseconds = Type.Number({ minimum: 0 });
const status = Type.Integer({ minimum: 100, maximum: 599 });

/** Causes are told alike, so what is below is not looked into again. */
const describedError = Type.Object(
  {
    type: text,
    code: Type.Optional(text),
    status: Type.Optional(status),
    message: Type.String(),
    stack: Type.Optional(Type.String()),
    cause: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

/** Every field that a line of the log may have; docs/logs.md tells of each. */
export const logFields = {
  level: Type.Union(['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => Type.Literal(level))),
  time: Type.String({ pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$` }),
  service: Type.Literal('commandcenter'),
  msg: text,
  requestId: Type.Optional(text),
  jobId: Type.Optional(Type.String({ format: 'uuid' })),
  jobKind: Type.Optional(Type.String({ pattern: String.raw`^\w+\.\w+$` })),
  traceId: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$' })),
  spanId: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$' })),
  projectId: Type.Optional(Type.String({ format: 'uuid' })),
  actor: Type.Optional(Type.String({ pattern: '^(user|token|system):' })),
  err: Type.Optional(describedError),
  method: Type.Optional(text),
  route: Type.Optional(text),
  status: Type.Optional(status),
  durationMs: Type.Optional(milliseconds),
  parts: Type.Optional(Type.Record(Type.String({ pattern: '^(\\w+Ms|statements)$' }), milliseconds)),
  code: Type.Optional(text),
  reason: Type.Optional(text),
  statement: Type.Optional(text),
  plan: Type.Optional(Type.Array(Type.String())),
  attempt: Type.Optional(Type.Integer({ minimum: 1 })),
  job: Type.Optional(Type.String({ format: 'uuid' })),
  redis: Type.Optional(text),
  version: Type.Optional(Type.String()),
  problem: Type.Optional(Type.String()),
  url: Type.Optional(text),
  uri: Type.Optional(text),
  address: Type.Optional(text),
  model: Type.Optional(text),
  repositoryId: Type.Optional(Type.String({ format: 'uuid' })),
  state: Type.Optional(text),
  missing: Type.Optional(Type.Array(Type.String())),
  refused: Type.Optional(Type.Integer()),
  underWay: Type.Optional(Type.Integer()),
  channel: Type.Optional(text),
  bucket: Type.Optional(text),
  warning: Type.Optional(Type.Unknown()),
};

/** A line of the log: nothing else may stand in it. */
export const logLine = Type.Object(logFields, { additionalProperties: false });

/** What the lines have that people search for, by `msg`. */
export const REQUIRED_FIELDS: Readonly<Record<string, readonly (keyof typeof logFields)[]>> = {
  request: ['method', 'route', 'status', 'durationMs', 'requestId'],
  'slow request': ['method', 'route', 'status', 'durationMs', 'requestId', 'parts'],
  'slow query': ['statement', 'durationMs'],
  'request failed': ['requestId'],
  'job succeeded': ['jobId', 'jobKind', 'attempt'],
  'job failed': ['jobId', 'jobKind', 'attempt', 'err'],
  'job will be tried again': ['jobId', 'jobKind', 'attempt', 'err'],
};
