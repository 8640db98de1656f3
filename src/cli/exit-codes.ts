import { AppError } from '#platform/errors/index.ts';

/** What the exit status tells a script; the codes from 64 on are those of sysexits.h. */
export const exitCodes = {
  ok: 0,
  /** `drift` or `doctor` found something, or `ask` found no answer. */
  findings: 1,
  usage: 2,
  /** The work was done and failed: a job that failed, something that is not there. */
  failed: 3,
  /** No server answers, or the data directory or port is taken. */
  unavailable: 69,
  /** An error of the program itself. */
  internal: 70,
  /** A wrong or missing setting. */
  config: 78,
} as const;

const WRONG_SETTING = new Set(['config-invalid', 'database-missing', 'database-refused']);
const UNAVAILABLE = new Set([
  'backup-no-space',
  'backup-running',
  'data-directory-in-use',
  'database-busy',
  'database-damaged',
  'database-unavailable',
  'drill-no-space',
  'drill-running',
  'off-site-unavailable',
  'port-in-use',
  'redis-unreachable',
  'schema-pending',
  'server-unreachable',
]);

/** The exit status that stands for an error. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AppError)) return exitCodes.internal;
  if (WRONG_SETTING.has(error.code)) return exitCodes.config;
  if (UNAVAILABLE.has(error.code)) return exitCodes.unavailable;
  return error.status >= 500 ? exitCodes.internal : exitCodes.failed;
}
