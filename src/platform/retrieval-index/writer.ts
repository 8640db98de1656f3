import { type ChildProcess, fork } from 'node:child_process';
import { entryUrl } from '#platform/workers/index.ts';
import type { WriterReply, WriterTask } from './writer-protocol.ts';

/** Long enough to serve a whole ingestion, short enough to give the memory back soon. */
const IDLE_MS = 5_000;
const TASK_TIMEOUT_MS = 10 * 60_000;

export interface Writer {
  perform(task: WriterTask): Promise<void>;
  /** Ends the process, which gives back all memory that writing took. */
  close(): Promise<void>;
}

interface Waiting {
  readonly done: () => void;
  readonly fail: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Runs writes in a process of their own, which is started when needed and ends when idle. */
export function createWriter(uri: string): Writer {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  function settle(id: number, problem?: string): void {
    const waiter = waiting.get(id);
    if (!waiter) return;
    waiting.delete(id);
    clearTimeout(waiter.timer);
    if (problem === undefined) waiter.done();
    else waiter.fail(new Error(`Writing the retrieval index failed: ${problem}`));
    if (waiting.size === 0) idle = setTimeout(stop, IDLE_MS).unref();
  }

  function stop(): void {
    const ending = child;
    child = undefined;
    if (ending?.connected) ending.disconnect();
  }

  function start(): ChildProcess {
    const started = fork(entryUrl(import.meta.url, './writer-process.ts', 'index-writer'), [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    started.on('message', (reply: WriterReply) => settle(reply.id, reply.problem));
    started.on('error', (error) => failAll(error.message));
    started.on('exit', (code, signal) => {
      if (child !== started) return;
      child = undefined;
      failAll(`its process ended (${signal ?? code}).`);
    });
    // The channel alone doesn't keep this process alive; a task that is awaited does, by its timer.
    started.unref();
    started.channel?.unref();
    return started;
  }

  function failAll(problem: string): void {
    for (const id of [...waiting.keys()]) settle(id, problem);
  }

  return {
    perform(task) {
      clearTimeout(idle);
      child ??= start();
      const target = child;
      const id = ++lastId;
      return new Promise((done, fail) => {
        const timer = setTimeout(() => {
          settle(id, 'it took too long.');
          target.kill('SIGKILL');
        }, TASK_TIMEOUT_MS);
        waiting.set(id, { done, fail, timer });
        target.send({ id, uri, task }, (error) => error && settle(id, error.message));
      });
    },
    async close() {
      clearTimeout(idle);
      const ending = child;
      stop();
      failAll('it was closed.');
      if (ending && ending.exitCode === null && ending.signalCode === null) {
        ending.ref();
        await new Promise((done) => ending.once('exit', done));
      }
    },
  };
}
