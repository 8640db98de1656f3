import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureOwner, keepLocalToken } from '#features/identity/index.ts';
import { ensureDefaultProject } from '#features/projects/index.ts';
import type { Config } from '#platform/config/index.ts';
import { type Context, createContext, type Platform } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { buildServer } from '../server/index.ts';
import { type Closers, createClosers } from './closers.ts';
import { featureRoutes } from './features.ts';
import { type StartOptions, startPlatform } from './start-platform.ts';
import { version } from './version.ts';
import { watchProduct } from './watch-product.ts';
import { findWorkingFolder } from './working-folder.ts';

export { createBackup, verifyBackup } from './backups.ts';
export { makeLoginLink } from './login-link.ts';
export { migrateDatabase, planMigration } from './migrate-database.ts';
export { playDrill } from './play-drill.ts';
export { pruneBackups } from './prune-backups.ts';
export { restorableProduct } from './restorable-product.ts';
export { rotateStoredSecrets } from './rotate-secrets.ts';
export { buildTemplate } from './template.ts';
export { version } from './version.ts';
export type { StartOptions };

const OPEN_REDIS_AFTER_MS = 100;

export interface RunningWorker {
  platform: Platform;
  /** Hands back the jobs that run and closes everything. */
  close(): Promise<void>;
}

export interface RunningApp {
  url: string;
  platform: Platform;
  /** The token of the local command line, on the embedded database only. */
  ownerToken: string | null;
  /** A context of the owner in the default project. */
  context: Context;
  /**
   * Says that it is not ready, waits until load balancers have noticed, finishes requests within the
   * configured time, hands back the jobs that run, and closes everything.
   */
  close(): Promise<void>;
}

/** Starts the API, and with `work` (the default) the jobs as well. */
export function startApp(config: Config, options: StartOptions = {}): Promise<RunningApp> {
  return closingOnFailure((closers) => startParts(config, { work: true, ...options }, closers));
}

/** Starts a process that runs jobs and serves nothing. */
export function startWorker(config: Config, options: StartOptions = {}): Promise<RunningWorker> {
  return closingOnFailure(async (closers) => {
    const { platform, startJobs } = await startPlatform(config, options, closers);
    const watching = watchProduct(platform, 'worker');
    closers.add(watching.stop);
    platform.redis.open();
    await startJobs({ work: true });
    platform.health.start();
    if (options.keepFigures !== false) watching.begin();
    return { platform, close: () => closers.closeAll() };
  });
}

/** What has been started is closed again if a later part fails. */
async function closingOnFailure<T>(start: (closers: Closers) => Promise<T>): Promise<T> {
  const closers = createClosers();
  try {
    return await start(closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function startParts(
  config: Config,
  options: StartOptions & { work: boolean },
  closers: Closers,
): Promise<RunningApp> {
  const { platform, announce, startJobs, endStreams } = await startPlatform(config, options, closers);
  const owner = await ensureOwner(platform);
  const project = await ensureDefaultProject(platform, owner);
  // Whoever holds the data directory is the owner; beside a server that is nobody in particular.
  const ownerToken = platform.database.exclusive ? await keepLocalToken(platform, owner) : null;
  const workingFolder = findWorkingFolder();
  const watching = watchProduct(platform, options.work ? 'all' : 'api');
  closers.add(watching.stop);
  const server = await buildServer({
    platform,
    routes: featureRoutes,
    facts: () => ({ version, workingFolder }),
  });
  closers.add(async () => {
    endStreams();
    const late = setTimeout(() => server.server.closeAllConnections(), config.shutdownSeconds * 1000);
    await server.close();
    clearTimeout(late);
  });
  const url = await listen(server, config);
  // Loading the client takes a moment in which nobody is answered; who waited for the start goes first.
  setTimeout(platform.redis.open, OPEN_REDIS_AFTER_MS).unref();
  await startJobs({ work: options.work });
  // After the worker has come: the first thing that is told would be that there is none.
  platform.health.start();
  announce(url);
  if (options.keepFigures !== false) watching.begin();
  const context = createContext(platform, {
    projectId: project.id,
    role: 'owner',
    actor: { kind: 'user', id: owner.id, name: owner.name },
  });
  const close = async (): Promise<void> => {
    platform.health.drain();
    // Whoever keeps connections lets go of them with the next answer, and sends nothing into one that closes.
    server.server.prependListener('request', (_request, response) =>
      response.setHeader('connection', 'close'),
    );
    await sleep(config.drainSeconds * 1000);
    await stopListening(server.server);
    await closers.closeAll();
  };
  return { url, platform, ownerToken, context, close };
}

/**
 * Takes no new connections; those that are there go on. What the system has taken for us and we have not would be
 * cut off, so it is done right after all of those have been taken: the loop runs what is immediate next.
 */
async function stopListening(server: Server): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  server.close();
}

async function listen(server: Awaited<ReturnType<typeof buildServer>>, config: Config): Promise<string> {
  try {
    await server.listen({
      host: config.host,
      port: config.port,
      // The one address that is printed is the login link.
      listenTextResolver: () => 'listening',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw appError('port-in-use', 409, `Port ${config.port} on ${config.host} is taken by another program.`, {
      remedy: `Stop it, or choose another one: PORT=${config.port + 1}.`,
      cause: error,
    });
  }
  const address = server.addresses()[0];
  const port = typeof address === 'object' ? address.port : config.port;
  return `http://${nameOf(config.host)}:${port}`;
}

/** The name to reach the server by from this machine: no address can be asked for by "any address". */
function nameOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
