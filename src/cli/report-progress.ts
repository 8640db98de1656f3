import { appError } from '#platform/errors/index.ts';

const INTERVAL_MS = 250;

export interface ProgressReport {
  report(step: string, done: number, total: number): void;
  /** Aborted by Ctrl-C or SIGTERM, so that what was begun is taken away again. */
  signal: AbortSignal;
  end(): void;
}

/** Shows on stderr how far work in this process is: one line that changes on a terminal, a line a step elsewhere. */
export function reportProgress(): ProgressReport {
  const terminal = process.stderr.isTTY;
  const controller = new AbortController();
  const stop = (): void =>
    controller.abort(appError('stopped', 409, 'Stopped before it was done; nothing is left of it.'));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let last = '';
  let shownAt = 0;
  return {
    signal: controller.signal,
    report(step, done, total) {
      const changed = step !== last;
      if (!changed && (!terminal || Date.now() - shownAt < INTERVAL_MS)) return;
      last = step;
      shownAt = Date.now();
      const text = total > 1 ? `${step} ${done}/${total}` : step;
      process.stderr.write(terminal ? `\r\u001b[K${text}` : `${text}\n`);
    },
    end() {
      if (terminal && last !== '') process.stderr.write('\r\u001b[K');
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
