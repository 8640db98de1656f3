import type { Alert } from './incidents-store.ts';
import type { ComponentState, ProcessRow } from './watch-store.ts';

/** The rules on backups say more than that their part is degraded. */
const TOLD_BY_FIGURES = new Set(['backup']);
const LAG_MS = 250;

/** What the processes say is wrong: with the parts that they need, and with themselves. */
export function findByProcesses(processes: readonly ProcessRow[]): Alert[] {
  const parts = worstStates(processes).filter(({ name }) => !TOLD_BY_FIGURES.has(name));
  return [...parts.flatMap(judgePart), ...processes.flatMap(judgeProcess)];
}

const WORSE = { unknown: 0, up: 1, degraded: 2, down: 3 } as const;

/** Each part as the process sees it that sees it worst. */
export function worstStates(processes: readonly Pick<ProcessRow, 'components'>[]): ComponentState[] {
  const worst = new Map<string, ComponentState>();
  for (const state of processes.flatMap(({ components }) => components)) {
    const known = worst.get(state.name);
    if (!known || WORSE[state.status] > WORSE[known.status]) worst.set(state.name, state);
  }
  return [...worst.values()];
}

function judgePart({ name, status, problem }: ComponentState): Alert[] {
  if (status !== 'down' && status !== 'degraded') return [];
  const lost = status === 'down';
  return [
    {
      rule: lost ? 'part-down' : 'part-degraded',
      subject: name,
      severity: lost ? 'critical' : 'warning',
      summary: `${lost ? `The part "${name}" is lost.` : `The part "${name}" does not work fully.`}${problem ? ` ${problem}` : ''}`,
      runbook: lost ? 'part-down' : 'part-degraded',
      holdSeconds: lost ? 60 : 600,
    },
  ];
}

function judgeProcess({ role, host, processId, figures }: ProcessRow): Alert[] {
  const subject = `${role} ${host}:${processId}`;
  const { waiting, total, idle, max } = figures.connections;
  const common = { subject, severity: 'warning' as const };
  return [
    ...(figures.eventLoopP99Ms > LAG_MS
      ? [
          {
            ...common,
            rule: 'event-loop-lag',
            summary: `The event loop of ${subject} is late by ${Math.round(figures.eventLoopP99Ms)} ms.`,
            runbook: 'event-loop-lag',
            holdSeconds: 300,
          },
        ]
      : []),
    ...(waiting > 0 && total - idle >= max
      ? [
          {
            ...common,
            rule: 'database-pool-exhausted',
            summary: `${waiting} callers of ${subject} wait for a connection, and all are busy.`,
            runbook: 'database-pool-exhausted',
            holdSeconds: 60,
          },
        ]
      : []),
  ];
}
