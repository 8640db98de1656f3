import { type Static, Type } from 'typebox';
import { nullable, pageOf, pageQuery } from '#platform/http/index.ts';

const filter = {
  actor: Type.Optional(Type.String({ maxLength: 100, description: 'Id of a user or token.' })),
  action: Type.Optional(
    Type.String({ maxLength: 100, description: 'An action such as radar.move, or a feature such as radar.' }),
  ),
  subject: Type.Optional(Type.String({ maxLength: 200, description: 'Id of what it was done to.' })),
  from: Type.Optional(Type.String({ format: 'date-time' })),
  to: Type.Optional(Type.String({ format: 'date-time' })),
};

export const listActivityQuery = Type.Object({ ...pageQuery, ...filter });
export const exportActivityQuery = Type.Object(filter);

export const activityEntry = Type.Object({
  id: Type.String({ format: 'uuid' }),
  at: Type.String({ format: 'date-time' }),
  actor: Type.Object({
    kind: Type.String(),
    id: Type.String(),
    name: Type.String(),
    address: nullable(Type.String({ description: 'Where the request came from.' })),
  }),
  action: Type.String(),
  subjectKind: Type.String(),
  subjectId: Type.String(),
  before: Type.Unknown(),
  after: Type.Unknown(),
});

export const activityPage = pageOf(activityEntry);

export type ActivityEntry = Static<typeof activityEntry>;
export type ActivityQuery = Static<typeof exportActivityQuery>;
