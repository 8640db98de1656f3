import { Type } from 'typebox';
import type { Caller } from '#platform/context/index.ts';
import { type App, nullable } from '#platform/http/index.ts';

const anything = Type.Unknown();

const diagnosisBody = Type.Object({
  takenAt: Type.String({ format: 'date-time' }),
  versions: anything,
  configuration: Type.Array(
    Type.Object({ name: Type.String(), value: Type.Unknown(), secret: Type.Boolean(), set: Type.Boolean() }),
  ),
  health: anything,
  operations: anything,
  requests: anything,
  timeline: Type.Array(anything),
  migrations: Type.Array(anything),
  metrics: Type.String({ description: 'As /metrics tells them.' }),
  log: nullable(
    Type.Array(Type.String(), {
      description: 'The latest lines of the process that answers; null for METRICS_TOKEN, which sees none.',
    }),
  ),
});

/** What `commandcenter support-bundle` takes from a server. */
export async function supportRoutes(app: App): Promise<void> {
  app.get(
    '/operations/diagnosis',
    {
      schema: {
        tags: ['operations'],
        summary: 'Everything that helps to find out what is wrong, without secrets',
        response: { 200: diagnosisBody },
      },
      config: { permission: 'monitoring' },
    },
    async (request) => {
      const { readDiagnosis } = await import('./diagnosis.ts');
      const caller: Caller | undefined = request.caller;
      return readDiagnosis(request.visit.platform, { withLog: caller !== undefined });
    },
  );
}
