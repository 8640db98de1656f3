import { type Static, Type } from 'typebox';
import { nullable } from '#platform/http/schema.ts';

export const jobState = Type.Union([
  Type.Literal('queued'),
  Type.Literal('running'),
  Type.Literal('succeeded'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);

export const jobSchema = Type.Object({
  id: Type.String({ format: 'uuid' }),
  kind: Type.String(),
  rootId: Type.String({
    format: 'uuid',
    description: 'The job that set this one off; its own id if none did.',
  }),
  subjectKind: nullable(Type.String()),
  subjectId: nullable(Type.String()),
  state: jobState,
  progress: nullable(
    Type.Object({
      phase: Type.String(),
      done: Type.Optional(Type.Number()),
      total: Type.Optional(Type.Number()),
      message: Type.Optional(Type.String()),
    }),
  ),
  result: Type.Unknown(),
  problem: nullable(
    Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.Optional(Type.String()) }),
  ),
  attempt: Type.Integer(),
  createdAt: Type.String({ format: 'date-time' }),
  startedAt: nullable(Type.String({ format: 'date-time' })),
  finishedAt: nullable(Type.String({ format: 'date-time' })),
  requestId: Type.Optional(
    Type.String({ description: 'The request that it comes from, as the log and answers name it.' }),
  ),
});

export type Job = Static<typeof jobSchema>;
