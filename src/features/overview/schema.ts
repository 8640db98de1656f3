import { type Static, Type } from 'typebox';
import { jobSchema } from '#platform/jobs/index.ts';

const count = Type.Integer({ minimum: 0 });

export const overviewSchema = Type.Object({
  repositories: Type.Object({
    total: count,
    ready: count,
    unreachable: count,
    scanned: count,
  }),
  technologies: Type.Object({
    total: count,
    adopt: count,
    trial: count,
    assess: count,
    hold: count,
    unreviewed: Type.Integer({ description: 'Found in code and judged by nobody.' }),
  }),
  drift: Type.Object({
    total: count,
    byKind: Type.Record(Type.String(), Type.Integer()),
  }),
  documents: Type.Object({ ready: count, pending: count, failed: count, gone: count }),
  jobs: Type.Object({
    unfinished: count,
    running: Type.Array(jobSchema, { description: 'At most ten, the newest first.' }),
  }),
  activity: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      at: Type.String({ format: 'date-time' }),
      actor: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
      action: Type.String(),
      subjectKind: Type.String(),
      subjectId: Type.String(),
    }),
    { description: 'The latest changes, the newest first.' },
  ),
});
export type Overview = Static<typeof overviewSchema>;
