import { join } from 'node:path';
import { createIdentity, type Identity } from '#features/identity/index.ts';
import { ensureDefaultProject } from '#features/projects/index.ts';
import { type Clock, systemClock } from '#platform/clock/index.ts';
import type { Config } from '#platform/config/index.ts';
import { type Context, createContext, type Platform } from '#platform/context/index.ts';
import { lockDataDirectory, openDatabase } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import { createFiles } from '#platform/files/index.ts';
import { createHttpClient } from '#platform/http-client/index.ts';
import { createJobs } from '#platform/jobs/index.ts';
import { createModels } from '#platform/models/index.ts';
import { createRetrievalIndex } from '#platform/retrieval-index/index.ts';
import { createSecrets } from '#platform/secrets/index.ts';
import { createLogger, type Logger } from '#platform/telemetry/index.ts';
import { buildServer } from '../server/index.ts';
import { featureJobs, featureRoutes } from './features.ts';
import { templateFolder } from './template.ts';
import { version } from './version.ts';
import { findWorkingFolder } from './working-folder.ts';

export { buildTemplate } from './template.ts';
export { version } from './version.ts';

export interface RunningApp {
  url: string;
  platform: Platform;
  identity: Identity;
  /** A context of the owner in the default project. */
  context: Context;
  /** Stops taking requests and jobs, hands back what runs, closes the database and releases the data directory. */
  close(): Promise<void>;
}

export interface StartOptions {
  clock?: Clock;
  log?: Logger;
}

type Closer = () => Promise<void> | void;

/**
 * Starts everything, in the order in which each part needs the one before: data directory, database, jobs,
 * HTTP. What has been started is closed again if a later part fails.
 */
export async function startApp(config: Config, options: StartOptions = {}): Promise<RunningApp> {
  const closers: Closer[] = [];
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return await startParts(config, options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  config: Config,
  options: StartOptions,
  closers: Closer[],
  close: () => Promise<void>,
): Promise<RunningApp> {
  const lock = await lockDataDirectory(config.dataDir);
  closers.push(() => lock.release());
  const database = await openDatabase({
    directory: join(config.dataDir, 'postgres'),
    template: templateFolder,
  });
  closers.push(() => database.close());

  const log = options.log ?? createLogger(config.logLevel);
  const http = createHttpClient({ allowHosts: config.outgoingAllowHosts });
  closers.push(() => http.close());
  const retrievalIndex = createRetrievalIndex({ uri: join(config.dataDir, 'rag_storage'), log });
  closers.push(() => retrievalIndex.close());
  const platform: Platform = {
    config,
    log,
    clock: options.clock ?? systemClock,
    database,
    jobs: createJobs(featureJobs),
    files: createFiles(join(config.dataDir, 'files')),
    secrets: createSecrets(config.dataDir, config.secretKey),
    http,
    models: createModels(config),
    retrievalIndex,
  };
  const project = await ensureDefaultProject(database);
  const identity = createIdentity(platform, project.id);
  closers.push(() => platform.jobs.stop());
  await platform.jobs.start(platform, { work: true });

  const workingFolder = findWorkingFolder();
  const server = await buildServer({
    platform,
    identity,
    routes: featureRoutes,
    facts: () => ({ version, project, workingFolder }),
  });
  closers.push(() => server.close());
  const url = await listen(server, config);
  lock.describe({ url });
  const context = createContext(platform, {
    projectId: project.id,
    role: 'owner',
    actor: { kind: 'owner', id: 'owner', name: 'Owner' },
  });
  return { url, platform, identity, context, close };
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
