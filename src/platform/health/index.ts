import type { Clock } from '#platform/clock/index.ts';
import { safeMessage } from '#platform/errors/index.ts';

export { componentSchema } from './component-schema.ts';

/** One part of the product whose state is told. */
export interface HealthComponent {
  readonly name: string;
  /** Whether nothing can be served without it; the loss of another part only degrades. */
  readonly essential: boolean;
  /** Resolves with what is worth telling; throws if the part is lost. `degraded` says that it works, but not fully. */
  check(signal: AbortSignal): Promise<ComponentFacts>;
}

export interface ComponentFacts {
  degraded?: string | undefined;
  version?: string | undefined;
  detail?: Record<string, unknown> | undefined;
}

export interface ComponentReport {
  name: string;
  status: 'up' | 'degraded' | 'down' | 'unknown';
  essential: boolean;
  latencyMs: number | null;
  version: string | null;
  checkedAt: string | null;
  lastSuccessAt: string | null;
  problem: string | null;
  detail: Record<string, unknown>;
}

export interface HealthReport {
  status: 'ok' | 'degraded' | 'down' | 'draining';
  version: string;
  components: ComponentReport[];
}

export interface Health {
  register(component: HealthComponent): void;
  /** What the last round of checks has found; never waits. */
  report(): HealthReport;
  /** Checks everything now. */
  refresh(): Promise<void>;
  /** From now on this process says that it takes no more work. */
  drain(): void;
  readonly draining: boolean;
  start(): void;
  stop(): void;
}

const INTERVAL_MS = 5000;
const CHECK_LIMIT_MS = 2000;

/** Watches the parts in the background, so that asking costs nothing and a hanging part holds nobody up. */
export function createHealth(options: { version: string; clock: Clock }): Health {
  const watched = new Map<HealthComponent, ComponentReport>();
  let draining = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    await Promise.all(
      [...watched].map(async ([component, before]) => {
        watched.set(component, await examine(component, before, options.clock));
      }),
    );
  };
  const health: Health = {
    get draining() {
      return draining;
    },
    register: (component) => void watched.set(component, unknown(component)),
    report() {
      const components = [...watched.values()];
      return { status: draining ? 'draining' : summarise(components), version: options.version, components };
    },
    refresh() {
      round ??= refresh().finally(() => {
        round = undefined;
      });
      return round;
    },
    drain() {
      draining = true;
    },
    start() {
      void health.refresh();
      timer = setInterval(() => void health.refresh(), INTERVAL_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
  return health;
}

function unknown({ name, essential }: HealthComponent): ComponentReport {
  return {
    name,
    status: 'unknown',
    essential,
    latencyMs: null,
    version: null,
    checkedAt: null,
    lastSuccessAt: null,
    problem: null,
    detail: {},
  };
}

function summarise(components: ComponentReport[]): 'ok' | 'degraded' | 'down' {
  if (components.some(({ essential, status }) => essential && status === 'down')) return 'down';
  return components.some(({ status }) => status === 'down' || status === 'degraded') ? 'degraded' : 'ok';
}

async function examine(
  component: HealthComponent,
  before: ComponentReport,
  clock: Clock,
): Promise<ComponentReport> {
  const begin = performance.now();
  const signal = AbortSignal.timeout(CHECK_LIMIT_MS);
  const settled = { ...before, checkedAt: clock.now().toISOString() };
  try {
    const facts = await Promise.race([component.check(signal), rejectOn(signal)]);
    return {
      ...settled,
      status: facts.degraded === undefined ? 'up' : 'degraded',
      latencyMs: Math.round((performance.now() - begin) * 10) / 10,
      version: facts.version ?? null,
      lastSuccessAt: settled.checkedAt,
      problem: facts.degraded ?? null,
      detail: facts.detail ?? {},
    };
  } catch (error) {
    const problem = signal.aborted ? `No answer within ${CHECK_LIMIT_MS} ms.` : safeMessage(error);
    return { ...settled, status: 'down', latencyMs: null, problem, detail: {} };
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
