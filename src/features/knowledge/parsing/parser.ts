import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startWorker } from '#platform/workers/index.ts';
import type { DocumentProblem } from '../tables.ts';
import { limits, type ParseLimits } from './limits.ts';
import type { ParseOutcome } from './parse-document.ts';
import type { ParseReply } from './parse-worker.ts';
import type { SourceDocument } from './types.ts';

export interface DocumentParser {
  /** Reads one document in a thread of its own. Only an abort rejects; everything else is an outcome. */
  parse(source: SourceDocument, signal?: AbortSignal): Promise<ParseOutcome>;
  close(): Promise<void>;
}

export interface DocumentParserOptions {
  limits?: Partial<ParseLimits>;
  threads?: number;
  /** How long an unused thread stays. */
  idleMs?: number;
}

interface Task {
  source: SourceDocument;
  signal: AbortSignal | undefined;
  resolve(outcome: ParseOutcome): void;
  reject(reason: unknown): void;
}

interface Thread {
  worker: Worker;
  /** Why it ended by itself. */
  error: unknown;
  busy: boolean;
  idle: NodeJS.Timeout | undefined;
}

const WATCH_MS = 100;

/**
 * Reads documents in a few threads that start when needed and leave when idle. A thread that takes too long,
 * or too much memory, is stopped; the document that caused it gets a problem, the others never notice.
 */
export function createDocumentParser(options: DocumentParserOptions = {}): DocumentParser {
  const bounds: ParseLimits = { ...limits, ...options.limits };
  const size = options.threads ?? Math.min(2, availableParallelism());
  const idleMs = options.idleMs ?? 10_000;
  const threads = new Set<Thread>();
  const waiting: Task[] = [];
  let closed = false;

  function next(): void {
    for (let task = waiting[0]; task && !closed; task = waiting[0]) {
      const thread = [...threads].find(({ busy }) => !busy) ?? (threads.size < size ? open() : undefined);
      if (!thread) return;
      waiting.shift();
      if (task.signal?.aborted) task.reject(task.signal.reason);
      else void run(thread, task);
    }
  }

  function open(): Thread {
    const thread = openThread(bounds);
    threads.add(thread);
    thread.worker.once('exit', () => {
      threads.delete(thread);
      next();
    });
    return thread;
  }

  async function run(thread: Thread, task: Task): Promise<void> {
    clearTimeout(thread.idle);
    thread.busy = true;
    thread.worker.ref();
    try {
      task.resolve(await read(thread, task, bounds));
    } catch (reason) {
      task.reject(reason);
    }
    thread.worker.unref();
    thread.busy = false;
    thread.idle = setTimeout(() => {
      threads.delete(thread);
      void thread.worker.terminate();
    }, idleMs).unref();
    next();
  }

  return {
    parse: (source, signal) =>
      new Promise((resolve, reject) => {
        waiting.push({ source, signal, resolve, reject });
        next();
      }),
    async close() {
      closed = true;
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}

function openThread(bounds: ParseLimits): Thread {
  const worker = startWorker(import.meta.url, './parse-worker.ts', 'parse-worker', {
    workerData: bounds,
    resourceLimits: { maxOldGenerationSizeMb: bounds.heapMegabytes, maxYoungGenerationSizeMb: 8 },
  });
  const thread: Thread = { worker, error: undefined, busy: false, idle: undefined };
  worker.unref();
  // It reaches the document that was being read through `exit`, which follows.
  worker.on('error', (error) => {
    thread.error = error;
  });
  return thread;
}

let sequence = 0;

/** One document in one thread, watched: the thread ends with the document if that goes over a limit. */
function read(thread: Thread, { source, signal }: Task, bounds: ParseLimits): Promise<ParseOutcome> {
  const { worker } = thread;
  return new Promise((resolve, reject) => {
    sequence += 1;
    const id = sequence;
    let verdict: DocumentProblem | undefined;
    const stop = (problem: DocumentProblem) => {
      verdict ??= problem;
      void worker.terminate();
    };
    const timer = setTimeout(() => stop(tookTooLong(bounds)), bounds.timeoutMs);
    const watch = setInterval(() => {
      worker.getHeapStatistics().then(
        ({ external_memory }) => external_memory > bounds.bufferBytes && stop(TOO_BIG),
        // The thread has just ended; `exit` tells.
        () => {},
      );
    }, WATCH_MS);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      clearInterval(watch);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const onMessage = (reply: ParseReply) => {
      if (reply.id === id) finish(() => resolve(reply.outcome));
    };
    const onExit = () =>
      finish(() => {
        if (signal?.aborted) reject(signal.reason);
        else if (verdict ?? isOutOfMemory(thread.error)) resolve({ problem: verdict ?? TOO_BIG });
        else reject(new Error('A parser thread ended by itself.', { cause: thread.error }));
      });
    const onAbort = () => void worker.terminate();
    worker.on('message', onMessage);
    worker.once('exit', onExit);
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.postMessage({ id, source });
  });
}

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

const TOO_BIG: DocumentProblem = {
  code: 'too-much-memory',
  message:
    'Reading the document took more memory than one document may: it unfolds to far more than its size.',
  remedy: 'If it is a real document, split it or save it anew.',
};

function tookTooLong({ timeoutMs }: ParseLimits): DocumentProblem {
  return {
    code: 'parse-timeout',
    message: `Reading the document took longer than ${Math.round(timeoutMs / 1000)} seconds.`,
    remedy: 'Split it into parts, or save it as plain text.',
  };
}
