import { join } from 'node:path';
import { type Archive, shellWord } from './archive.ts';

export type BackupType = 'full' | 'diff' | 'incr';

/** A loss of one minute at most: a segment that is not full is archived after this time. */
const ARCHIVE_TIMEOUT_SECONDS = 60;
/** What a slot keeps for a `stream-wal` that is away; after that the archive alone counts, and no disk gets full. */
const SLOT_KEEPS = '4GB';

// Options that pgBackRest takes with some commands and refuses with others.
const REACHES_SERVER = new Set(['backup', 'check', 'stanza-create']);
const KNOWS_DATA = new Set([...REACHES_SERVER, 'archive-push', 'restore']);

function pgbackrest(archive: Archive, command: string, options: string[] = []): string[] {
  const { program, configuration, repository, stanza, data, socket, port, user } = archive;
  const common = [
    ...(configuration === undefined ? [] : [`--config=${configuration}`]),
    ...(repository === undefined ? [] : [`--repo1-path=${repository}`]),
    ...(command === 'repo-ls' ? [] : [`--stanza=${stanza}`]),
  ];
  const given = options.some((option) => option.startsWith('--pg1-path='));
  const place = KNOWS_DATA.has(command) && !given ? [`--pg1-path=${data}`] : [];
  const server = [`--pg1-socket-path=${socket}`, `--pg1-port=${port}`, `--pg1-user=${user}`];
  return [program, ...common, ...place, ...(REACHES_SERVER.has(command) ? server : []), ...options, command];
}

/** Makes the archive of a database, once; again it does no harm. */
export const createStanza = (archive: Archive): string[] => pgbackrest(archive, 'stanza-create');

/** Makes the server archive a segment and waits until it is in the repository. */
export const checkArchive = (archive: Archive): string[] => pgbackrest(archive, 'check');

export const makeBackup = (archive: Archive, type: BackupType): string[] =>
  pgbackrest(archive, 'backup', [`--type=${type}`]);

/** Backups and how far the archive goes, as JSON. */
export const listBackups = (archive: Archive): string[] => pgbackrest(archive, 'info', ['--output=json']);

/** Every archived WAL file with its size and time, as JSON. */
export const listSegments = (archive: Archive, archiveId: string): string[] => [
  ...pgbackrest(archive, 'repo-ls', ['--recurse', '--output=json']),
  `archive/${archive.stanza}/${archiveId}`,
];

/** What `stream-wal` has, each with its time. */
export const listStreamed = (archive: Archive): string[] => [
  'find',
  archive.streamed,
  '-type',
  'f',
  '-printf',
  String.raw`%f %T@\n`,
];

/** Reads every file of the repository and compares its checksum. */
export const verifyRepository = (archive: Archive): string[] =>
  pgbackrest(archive, 'verify', ['--output=text', '--verbose']);

/** The setting `archive_command`. */
export const archiveCommand = (archive: Archive): string =>
  `${pgbackrest(archive, 'archive-push').map(shellWord).join(' ')} %p`;

/** The setting `restore_command` of a database that is being restored. */
export function restoreCommand(archive: Archive): string {
  // Where the data directory is, `fetch-wal` says: it is renamed after the restore.
  const get = pgbackrest(archive, 'archive-get');
  return `${shellWord(archive.fetchWal)} %f %p ${[archive.streamed, ...get].map(shellWord).join(' ')}`;
}

/** What a server that is archived is started with. */
export function serverSettings(archive: Archive): Record<string, string> {
  return {
    wal_level: 'replica',
    archive_mode: 'on',
    archive_timeout: String(ARCHIVE_TIMEOUT_SECONDS),
    archive_command: archiveCommand(archive),
    max_slot_wal_keep_size: SLOT_KEEPS,
  };
}

export interface RestoreWork {
  /** The folder that it is restored into. */
  into: string;
  backup: string;
  timeline: number;
  /** Everything there is, if not given. */
  target?: Date | string;
  /** Take what is there already and is the same. */
  delta?: boolean;
}

/** Lays a backup down in a folder and tells the server that starts there how far to replay. */
export function restoreBackup(archive: Archive, work: RestoreWork): string[] {
  const { into, backup, timeline, target, delta } = work;
  const until =
    target === undefined
      ? ['--type=default']
      : ['--type=time', `--target=${timestamp(target)}`, '--target-action=pause'];
  return pgbackrest(archive, 'restore', [
    `--pg1-path=${into}`,
    `--set=${backup}`,
    ...until,
    `--target-timeline=${timeline}`,
    `--recovery-option=restore_command=${restoreCommand(archive)}`,
    ...(delta ? ['--delta'] : []),
  ]);
}

/** As PostgreSQL reads it; a string is passed on, because it can name microseconds. */
function timestamp(target: Date | string): string {
  return typeof target === 'string' ? target : target.toISOString().replace('T', ' ').replace('Z', '+00');
}

/** A program of PostgreSQL. */
export const serverProgram = (archive: Archive, name: string): string =>
  archive.programs === undefined ? name : join(archive.programs, name);

export const controlData = (archive: Archive, data: string): string[] => [
  serverProgram(archive, 'pg_controldata'),
  '-D',
  data,
];

/** Asks the server at `port`; rows are lines, columns are parted by `|`. */
export const query = (
  archive: Archive,
  sql: string,
  port = archive.port,
  database = 'postgres',
): string[] => [
  serverProgram(archive, 'psql'),
  ...['-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', archive.socket, '-p', String(port), '-U', archive.user],
  ...['-d', database, '-c', sql],
];

/** Starts a server on a copy: reached by the socket only, and archiving nothing. */
export function startBeside(
  archive: Archive,
  folder: string,
  port: number,
  limits: Record<string, string>,
): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: archive.socket,
    port: String(port),
    archive_mode: 'off',
    hot_standby: 'on',
    ...limits,
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${shellWord(`${name}=${value}`)}`);
  return [
    serverProgram(archive, 'pg_ctl'),
    ...[
      'start',
      '-D',
      folder,
      '-l',
      join(folder, 'recovery.log'),
      '-w',
      '-t',
      '86400',
      '-o',
      flags.join(' '),
    ],
  ];
}

export const stopServer = (archive: Archive, folder: string): string[] => [
  serverProgram(archive, 'pg_ctl'),
  ...['stop', '-D', folder, '-m', 'fast', '-w', '-t', '300'],
];
