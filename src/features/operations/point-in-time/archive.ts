/** Where a database, its archive and the programs that keep it are. */
export interface Archive {
  /** What is called as pgbackrest; it knows the repository's password: `sealed-pgbackrest`. */
  program: string;
  /** The restore_command of deploy/backup. */
  fetchWal: string;
  /** pgBackRest's configuration, if it is not where pgBackRest looks. */
  configuration?: string;
  /** The repository, if it is not the one of the configuration. */
  repository?: string;
  stanza: string;
  /** The data directory; copies are made beside it. */
  data: string;
  /** The folder of the server's socket. */
  socket: string;
  port: number;
  /** A superuser of the database. */
  user: string;
  /** The product's database, whose tables are looked at. */
  database: string;
  /** The folder that `stream-wal` writes to. */
  streamed: string;
  /** Folder of pg_ctl and the like, if they are not on the PATH. */
  programs?: string;
}

/** What the image `commandcenter-postgres` and `docker-compose.backup.yml` set up. */
export const composeArchive: Archive = {
  program: 'sealed-pgbackrest',
  fetchWal: '/usr/local/bin/fetch-wal',
  stanza: 'commandcenter',
  data: '/var/lib/postgresql/data/pgdata',
  socket: '/run/commandcenter-postgres',
  port: 5432,
  user: 'postgres',
  database: 'commandcenter',
  streamed: '/var/lib/wal-stream',
};

/** A word of a command that is kept as a string, as a POSIX shell reads it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
