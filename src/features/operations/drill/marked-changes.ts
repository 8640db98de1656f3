import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '#platform/errors/index.ts';
import type { ScratchInstallation } from './scratch-installation.ts';

/** A change that was acknowledged, and when. */
export interface MarkedChange {
  slug: string;
  at: number;
}

export interface MarkedChanges {
  readonly acknowledged: readonly MarkedChange[];
  /** Resolves when so many have been acknowledged. Throws if the installation refuses one. */
  atLeast(amount: number): Promise<void>;
  /** Begins no other; resolves when the last has been answered, or never will be. */
  stop(): Promise<void>;
}

const PAUSE_MS = 50;
const LIMIT_MS = 60_000;

export const markPrefix = (run: string): string => `drill-${run}-`;

/** Goes on making projects, through the API, until it is told to stop or nobody answers any more. */
export function makeMarkedChanges(installation: ScratchInstallation, run: string): MarkedChanges {
  const acknowledged: MarkedChange[] = [];
  const began = Date.now();
  let stopped = false;
  let failure: unknown;
  const work = async (): Promise<void> => {
    for (let n = 1; !stopped; n++) {
      const slug = `${markPrefix(run)}${began.toString(36)}-${n}`;
      const { status, body } = await installation.ask('POST', '/projects', { name: `Drill ${n}`, slug });
      if (status !== 201) throw refused(status, body);
      acknowledged.push({ slug, at: Date.now() });
      await sleep(PAUSE_MS);
    }
  };
  const ended = work().catch((error: unknown) => {
    failure = error;
  });
  return {
    acknowledged,
    async atLeast(amount) {
      for (const end = Date.now() + LIMIT_MS; acknowledged.length < amount; await sleep(PAUSE_MS)) {
        if (failure) throw failure;
        if (Date.now() > end) throw refused(0, 'No answer in time.');
      }
    },
    async stop() {
      stopped = true;
      await ended;
    },
  };
}

function refused(status: number, body: unknown): Error {
  const { title } = (body ?? {}) as { title?: unknown };
  return appError('drill-step-failed', 409, `A change was not acknowledged (${status}): ${title ?? body}`);
}
