import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, inheritedVariables, loadConfig } from '#platform/config/index.ts';
import type { EmbeddedOptions, ServerOptions } from '#platform/database/index.ts';
import { openServerDatabases } from '#platform/database/replace/index.ts';
import { appError } from '#platform/errors/index.ts';
import { type RunningProgram, runProgram, spawnProgram } from '#platform/exec/index.ts';
import { newSecretKey } from '#platform/secrets/index.ts';

/** Where a drill has its installations, and how it starts their processes. */
export interface DrillPlace {
  /** The program and its first arguments; a command of the product follows. */
  command: readonly string[];
  folder: string;
  /** The address of a database of that name for this drill; undefined on the embedded one. */
  databaseUrl(name: string): string | undefined;
  /** Makes a token for an installation that does not run, by its database alone. */
  makeToken(config: Config): Promise<string>;
  signal: AbortSignal;
}

/** An installation of real processes that may be destroyed. */
export interface ScratchInstallation {
  readonly config: Config;
  readonly database: EmbeddedOptions | ServerOptions;
  /** Runs a command of the product to its end and returns what it printed. Throws `drill-step-failed`. */
  run(...words: string[]): Promise<string>;
  /** Starts the server, without background jobs, and waits until it is ready. */
  start(): Promise<void>;
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Kills it and removes all that it had: folders and databases. */
  destroy(): Promise<void>;
}

const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'NODE_COMPILE_CACHE', 'NODE_EXTRA_CA_CERTS'];
const HOUR_MS = 3_600_000;
const READY_MS = 120_000;
const STOP_MS = 60_000;
const ASK_MS = 15_000;
const KEPT = 64 * 1024;
const ADDRESS = /"url":"(http[^"]+)"|is ready: (http\S+)\/login/;

/** Makes an empty one, with what opens backups and a new SECRET_KEY. */
export async function createInstallation(
  place: DrillPlace,
  name: string,
  { identity, settings = {} }: { identity: string; settings?: Readonly<Record<string, string>> },
): Promise<ScratchInstallation> {
  const folder = join(place.folder, name);
  const dataDir = join(folder, 'data');
  const sets = join(folder, 'sets');
  for (const path of [dataDir, sets]) await mkdir(path, { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, 'backup-identity'), `${identity}\n`, { mode: 0o600 });
  const databaseUrl = place.databaseUrl(name);
  const env = {
    ...inheritedVariables(INHERITED),
    ...settings,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: '5' }),
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    BACKUP_DIR: sets,
    BACKUP_SCHEDULE: 'off',
    SECRET_KEY: newSecretKey(),
    LOG_LEVEL: 'info',
    RATE_LIMIT_PER_MINUTE: '1000000',
    NO_COLOR: '1',
  };
  const config = loadConfig(env);
  const process = createProcess(place, env, config);
  return {
    ...process,
    config,
    database:
      databaseUrl === undefined
        ? { directory: join(dataDir, 'postgres') }
        : { url: databaseUrl, settings: config },
    run: (...words) => runCommand(place, env, words),
    async destroy() {
      await process.kill();
      await rm(folder, { recursive: true, force: true });
      if (databaseUrl !== undefined) await dropDatabases(databaseUrl);
    },
  };
}

/** The database of the address, and what restores have put beside it. */
export async function dropDatabases(url: string): Promise<void> {
  const databases = await openServerDatabases(url);
  try {
    for (const name of await databases.list(databases.live)) await databases.drop(name);
  } finally {
    await databases.close();
  }
}

async function runCommand(
  { command, signal }: DrillPlace,
  env: Record<string, string>,
  words: readonly string[],
): Promise<string> {
  const [program = '', ...first] = command;
  const ended = await runProgram(program, [...first, ...words], { env, signal, timeoutMs: 12 * HOUR_MS });
  if (ended.exitCode === 0) return ended.stdout.toString();
  throw commandFailed(words, ended);
}

type ServerProcess = Pick<ScratchInstallation, 'start' | 'ask' | 'stop' | 'kill'>;

function createProcess(place: DrillPlace, env: Record<string, string>, config: Config): ServerProcess {
  let running: RunningProgram | undefined;
  let url = '';
  let token = '';
  const end = async (name: NodeJS.Signals): Promise<void> => {
    const program = running;
    running = undefined;
    if (!program) return;
    program.signal(name);
    const late = setTimeout(() => program.signal('SIGKILL'), STOP_MS);
    await program.ended.catch(() => {});
    clearTimeout(late);
  };
  return {
    async start() {
      const isServer = config.databaseUrl !== undefined;
      if (isServer) token = await place.makeToken(config);
      const words = isServer ? ['serve'] : ['start', '--no-worker'];
      const [name = '', ...first] = place.command;
      const options = { env, signal: place.signal, timeoutMs: 12 * HOUR_MS };
      const program = spawnProgram(name, [...first, ...words], options);
      running = program;
      try {
        url = await untilReady(program, words);
      } catch (error) {
        await end('SIGKILL');
        throw error;
      }
      if (!isServer) token = (await readFile(join(config.dataDir, 'owner-token'), 'utf8')).trim();
    },
    async ask(method, path, body) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ASK_MS),
      });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Its address, when it has said it and is ready. */
async function untilReady(program: RunningProgram, words: readonly string[]): Promise<string> {
  let said = '';
  program.stdout.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-KEPT);
  });
  let gone: Error | undefined;
  program.ended.then(
    (ended) => {
      gone = commandFailed(words, ended);
    },
    (error: unknown) => {
      gone = error instanceof Error ? error : new Error(String(error));
    },
  );
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(20)) {
    if (gone) throw gone;
    const [, logged, printed] = ADDRESS.exec(said) ?? [];
    const url = logged ?? printed;
    if (url === undefined) continue;
    const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ASK_MS) }).catch(
      () => undefined,
    );
    if (ready?.ok) return url;
  }
  throw appError('drill-step-failed', 409, `${nameOf(words)} was not ready in ${READY_MS / 1000} seconds.`);
}

const nameOf = (words: readonly string[]): string =>
  `commandcenter ${words.filter((word) => !word.startsWith('/')).join(' ')}`;

/** The sentence that the command ended with. */
function commandFailed(
  words: readonly string[],
  { exitCode, stderr }: { exitCode: number | null; stderr: string },
): Error {
  const lines = stderr.trim().split('\n');
  const last = lines.findLast((line) => line.startsWith('commandcenter: ')) ?? lines.at(-1) ?? '';
  const because = last.replace(/^commandcenter: /, '').slice(0, 500);
  return appError(
    'drill-step-failed',
    409,
    `\`${nameOf(words)}\` ended with ${exitCode ?? 'a signal'}: ${because || 'it said nothing'}`,
  );
}
