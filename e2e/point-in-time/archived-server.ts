import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres, type PostgresServer, serverAccount, startPostgres } from '#testing/postgres-server.ts';
import {
  type Archive,
  type Place,
  serverSettings,
} from '../../src/features/operations/point-in-time/index.ts';

const SHIPPED = join(import.meta.dirname, '../../deploy/backup');
const MOST_OUTPUT = 64 * 1024 * 1024;

/** A private server whose WAL goes to a repository of its own, by what ships in deploy/backup. */
export interface ArchivedServer {
  readonly server: PostgresServer;
  readonly archive: Archive;
  readonly place: Place;
  /** The temporary folder that everything is in. */
  readonly folder: string;
  /** Runs a program as the account that the server has. */
  readonly account: { uid?: number; gid?: number };
  close(): Promise<void>;
}

/** Starts one; nothing is backed up yet. */
export async function startArchived(settings: Record<string, string> = {}): Promise<ArchivedServer> {
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-archive-'));
  const own = (path: string): void => {
    if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
  };
  own(folder);
  for (const name of ['repository', 'streamed', 'lock']) {
    mkdirSync(join(folder, name), { mode: 0o700 });
    own(join(folder, name));
  }
  const password = join(folder, 'repository-password');
  writeFileSync(password, 'f7c1d2e3a4b5968778695a4b3c2d1e0f\n');
  chmodSync(password, 0o600);
  own(password);
  process.env['BACKUP_REPOSITORY_PASSWORD_FILE'] = password;
  const server = await startPostgres({ parent: folder });
  const archive: Archive = {
    program: join(SHIPPED, 'sealed-pgbackrest'),
    fetchWal: join(SHIPPED, 'fetch-wal'),
    configuration: join(folder, 'pgbackrest.conf'),
    repository: join(folder, 'repository'),
    stanza: 'commandcenter',
    data: join(server.folder, 'data'),
    socket: server.folder,
    port: server.port,
    user: 'owner',
    database: 'postgres',
    streamed: join(folder, 'streamed'),
    programs: findPostgres() ?? '',
  };
  // What ships, with places of its own.
  const shipped = readFileSync(join(SHIPPED, 'pgbackrest.conf'), 'utf8');
  const configuration = shipped.replace('/tmp/pgbackrest', join(folder, 'lock'));
  writeFileSync(archive.configuration ?? '', configuration);
  for (const [name, value] of Object.entries({ ...serverSettings(archive), ...settings }))
    await server.query(`ALTER SYSTEM SET ${name} = '${value.replaceAll("'", "''")}'`);
  await server.stop();
  await server.start();
  const place: Place = {
    ask: (argv) => runAs(account, argv, folder),
    stop: () => server.stop(),
    start: () => server.start(),
  };
  const close = async (): Promise<void> => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, archive, place, folder, account, close };
}

function runAs(
  account: { uid?: number; gid?: number },
  [program = '', ...args]: readonly string[],
  cwd: string,
): ReturnType<Place['ask']> {
  return new Promise((resolve) => {
    execFile(program, args, { ...account, cwd, maxBuffer: MOST_OUTPUT }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({
        exitCode: typeof code === 'number' ? code : -1,
        stdout,
        stderr: stderr || (error?.message ?? ''),
      });
    });
  });
}
