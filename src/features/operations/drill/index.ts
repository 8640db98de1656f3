export type { DrillReport, ScenarioReport } from './report.ts';
export { type CheckedReport, checkReport, keepReport } from './reports.ts';
export { runDrill } from './run-drill.ts';
export { ownPublicKey } from './sign.ts';
