import { Type } from 'typebox';
import type { Caller } from '#platform/context/index.ts';
import { type App, nullable } from '#platform/http/index.ts';
import { isOverdue } from './gauges.ts';
import { OBJECTIVES, type ScenarioReport } from './report.ts';
import { type KeptReport, listReports, readReport } from './reports.ts';
import { ownPublicKey } from './sign.ts';

const MOST = 20;
const seconds = (description: string) => nullable(Type.Number({ description }));

const scenarioItem = Type.Object({
  name: Type.String(),
  outcome: Type.Union([Type.Literal('held'), Type.Literal('failed'), Type.Literal('not-covered')]),
  problem: nullable(Type.String()),
  rtoSeconds: seconds('From the disaster to the first good answer.'),
  rpoSeconds: seconds('What would have been lost: the age of what it could come back from.'),
  tables: Type.Object({ compared: Type.Integer(), equal: Type.Integer() }),
});

const drillItem = Type.Object({
  id: Type.String(),
  endedAt: Type.String({ format: 'date-time' }),
  version: Type.String(),
  set: Type.String(),
  outcome: Type.Union([Type.Literal('held'), Type.Literal('failed'), Type.Literal('incomplete')]),
  signed: Type.Boolean({ description: 'Whether it is as this installation has signed it.' }),
  scenarios: Type.Array(scenarioItem),
});

const drillsBody = Type.Object({
  overdue: Type.Boolean(),
  overdueDays: Type.Integer({ description: 'After so many days without a drill one is overdue.' }),
  objectives: Type.Object({ rtoSeconds: Type.Number(), rpoSeconds: Type.Number() }),
  publicKey: nullable(Type.String({ description: 'What the reports of this installation are signed by.' })),
  items: Type.Array(drillItem, { description: 'The newest first.' }),
});

/** The reports of drills, for who looks after the installation. */
export async function drillRoutes(app: App): Promise<void> {
  const tags = ['operations'];
  const config = { permission: 'admin' } as const;
  const params = Type.Object({ id: Type.String({ maxLength: 64 }) });
  app.get(
    '/drills',
    {
      schema: { tags, summary: 'List the drills and how they ended', response: { 200: drillsBody } },
      config,
    },
    ({ caller }) => describeDrills(caller),
  );
  app.get(
    '/drills/:id/report.json',
    {
      schema: { tags, summary: 'The signed report of a drill', params, produces: ['application/json'] },
      config,
    },
    async ({ caller, params: { id } }, reply) =>
      reply
        .type('application/json; charset=utf-8')
        .send(await readReport(caller.platform.config.dataDir, id, 'json')),
  );
  app.get(
    '/drills/:id/report.md',
    { schema: { tags, summary: 'The same in words', params, produces: ['text/markdown'] }, config },
    async ({ caller, params: { id } }, reply) =>
      reply
        .type('text/markdown; charset=utf-8')
        .send(await readReport(caller.platform.config.dataDir, id, 'md')),
  );
}

async function describeDrills({ platform }: Caller) {
  const { dataDir, drillOverdueDays } = platform.config;
  const kept = await listReports(dataDir, MOST);
  const last = kept.find(({ signed }) => signed);
  return {
    overdue: await isOverdue(platform, last),
    overdueDays: drillOverdueDays,
    objectives: OBJECTIVES,
    publicKey: ownPublicKey(dataDir),
    items: kept.map(toItem),
  };
}

function toItem({ report, signed }: KeptReport) {
  const { id, endedAt, version, set, outcome, scenarios } = report;
  return { id, endedAt, version, set: set.name, outcome, signed, scenarios: scenarios.map(toScenario) };
}

function toScenario({ name, outcome, problem, rtoSeconds, rpoSeconds, tables }: ScenarioReport) {
  const equal = tables.filter((table) => table.equal).length;
  return { name, outcome, problem, rtoSeconds, rpoSeconds, tables: { compared: tables.length, equal } };
}
