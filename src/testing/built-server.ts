import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The command as a user finds it; it runs what has been built. */
export const launcher: string = join(import.meta.dirname, '../../bin/commandcenter');

export interface BuiltServer {
  process: ChildProcess;
  url: string;
  /** Signs in once. */
  link: string;
  /** All that stood on standard output when it was ready. */
  printed: string;
  /** Ends it as an operator does, and waits until it has ended. */
  stop(): Promise<void>;
}

/** `commandcenter start` on a free port, ready. `env` is its whole environment but for the port; DATA_DIR must be in it. */
export async function startBuiltServer(env: NodeJS.ProcessEnv): Promise<BuiltServer> {
  const server = spawn(launcher, ['start'], {
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const text of server.stdout.iterator({ destroyOnReturn: false })) {
    printed += text;
    if (/CommandCenter is ready: \S+\n/.test(printed)) break;
  }
  server.stdout.resume();
  const [, link] = /ready: (\S+)/.exec(printed) ?? [];
  if (!link) throw new Error(`The server ended before it was ready: ${printed}`);
  return {
    process: server,
    url: new URL(link).origin,
    link,
    printed,
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    },
  };
}
