export {
  type DeployOptions,
  type DeployStatus,
  deploy,
  deployStatus,
  resume,
  rollback,
} from './deploy.ts';
export type { Step } from './journal.ts';
export type { OperationResult, Progress } from './operate.ts';
