import { hostname } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '#platform/context/index.ts';
import type { AppError } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { NotedRequest } from '#platform/telemetry/index.ts';
import { evaluate } from './evaluate.ts';
import { insertPastIncident, insertRelease } from './incidents-store.ts';
import { followTraffic } from './traffic.ts';
import { deleteProcess, type ProcessFigures, takeTurn, upsertBeat } from './watch-store.ts';

export type ProcessRole = 'api' | 'worker' | 'all';

export interface Recorder {
  /** Tells what has happened since the last time, now; false if that failed. */
  beat(): Promise<boolean>;
  /** Tells the rest, and that this process is not to be missed. */
  stop(): Promise<void>;
}

const BEAT_MS = 10_000;
const EVALUATE_SECONDS = 25;
const NS_PER_MS = 1e6;
const LAG_RESOLUTION_MS = 20;
/** Noted requests that wait while the database is away. */
const MOST_WAITING = 50;
const LAST_WORD_MS = 2000;

/**
 * Keeps what the product knows of itself in its own database: what was answered how fast, how the processes are,
 * what was wrong from when to when, which version began when. So that much can be told with nothing else watching.
 */
export function startRecorder(platform: Platform, facts: { role: ProcessRole; version: string }): Recorder {
  const { database, clock, config, log } = platform;
  const traffic = followTraffic(platform.metrics.requests);
  const figures = followProcess(platform);
  const startedAt = new Date(clock.now().getTime() - process.uptime() * 1000);
  const row = {
    id: newId(),
    role: facts.role,
    host: hostname(),
    processId: process.pid,
    version: facts.version,
    release: config.release ?? null,
    startedAt,
  };
  let waiting: readonly NotedRequest[] = [];
  let lost: { since: Date; problem: string } | undefined;
  let released = false;

  const write = async (): Promise<void> => {
    const at = clock.now();
    waiting = [...waiting, ...platform.metrics.noted.take()].slice(-MOST_WAITING);
    const components = platform.health
      .report()
      .components.map(({ name, status, problem }) => ({ name, status, problem }));
    const read = traffic.read();
    await upsertBeat(database, {
      at,
      traffic: read,
      noted: waiting,
      process: { ...row, figures: figures.read(), components },
    });
    traffic.settle();
    waiting = [];
    if (lost) await noteLoss(platform, lost, at);
    lost = undefined;
    if (!released) await insertRelease(database, row);
    released = true;
    if (await takeTurn(database, 'alerts', EVALUATE_SECONDS)) await evaluate(platform);
  };
  let running: Promise<boolean> | undefined;
  const beat = (): Promise<boolean> => {
    running ??= write()
      .then(
        () => true,
        (error: unknown) => {
          if (!lost) log.warn({ err: error }, 'own figures could not be kept');
          const { status, message: problem } = error as Partial<AppError>;
          if (status === 503) lost ??= { since: clock.now(), problem: problem ?? '' };
          return false;
        },
      )
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  const timer = setInterval(() => void beat(), BEAT_MS);
  timer.unref();
  return {
    beat,
    async stop() {
      clearInterval(timer);
      figures.stop();
      const last = async (): Promise<void> => {
        await running;
        if (await beat()) await deleteProcess(database, row.id);
      };
      // A database that is away holds nobody up.
      await Promise.race([last().catch(() => undefined), sleep(LAST_WORD_MS, undefined, { ref: false })]);
    },
  };
}

/** While the database is away nobody can write that it is. */
function noteLoss(
  { database }: Platform,
  { since, problem }: { since: Date; problem: string },
  until: Date,
): Promise<void> {
  const alert = {
    rule: 'part-down',
    subject: 'database',
    severity: 'critical' as const,
    summary: `The part "database" was lost. ${problem}`,
    runbook: 'part-down',
    holdSeconds: 0,
  };
  return insertPastIncident(database, alert, { from: since, to: until });
}

/** How this process is, since the last reading. */
function followProcess({ database }: Platform): { read(): ProcessFigures; stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  delay.enable();
  let cpu = process.cpuUsage();
  let at = performance.now();
  const lag = (ns: number): number =>
    Number.isFinite(ns) ? Math.max(0, Math.round(ns / NS_PER_MS - LAG_RESOLUTION_MS)) : 0;
  return {
    read() {
      const spent = process.cpuUsage(cpu);
      const passedMs = Math.max(1, performance.now() - at);
      const figures = {
        eventLoopP99Ms: delay.count === 0 ? 0 : lag(delay.percentile(99)),
        eventLoopMaxMs: delay.count === 0 ? 0 : lag(delay.max),
        cpu: Math.round(((spent.user + spent.system) / 1000 / passedMs) * 1000) / 1000,
        residentBytes: process.memoryUsage.rss(),
        connections: database.connections(),
      };
      cpu = process.cpuUsage();
      at = performance.now();
      delay.reset();
      return figures;
    },
    stop: () => void delay.disable(),
  };
}
