import { expect, test } from 'vitest';
import { composeArchive, shellWord } from './archive.ts';
import {
  archiveCommand,
  checkArchive,
  listBackups,
  listSegments,
  makeBackup,
  query,
  restoreBackup,
  restoreCommand,
  serverSettings,
  startBeside,
  verifyRepository,
} from './commands.ts';

const written = (argv: string[]): string => argv.map(shellWord).join(' ');

test('a command names what it needs and leaves the rest to the configuration', () => {
  expect(written(makeBackup(composeArchive, 'diff'))).toBe(
    'sealed-pgbackrest --stanza=commandcenter --pg1-path=/var/lib/postgresql/data/pgdata ' +
      '--pg1-socket-path=/run/commandcenter-postgres --pg1-port=5432 --pg1-user=postgres --type=diff backup',
  );
  expect(written(checkArchive(composeArchive))).toMatch(/ check$/);
  expect(written(listBackups(composeArchive))).toBe(
    'sealed-pgbackrest --stanza=commandcenter --output=json info',
  );
  expect(written(listSegments(composeArchive, '17-1'))).toBe(
    'sealed-pgbackrest --recurse --output=json repo-ls archive/commandcenter/17-1',
  );
  expect(written(verifyRepository(composeArchive))).toBe(
    'sealed-pgbackrest --stanza=commandcenter --output=text --verbose verify',
  );
});

test('a configuration and a repository of one’s own are named in every command', () => {
  const own = { ...composeArchive, configuration: '/etc/own.conf', repository: '/mnt/backup' };
  for (const argv of [makeBackup(own, 'full'), listBackups(own), listSegments(own, '17-1')])
    expect(written(argv)).toContain(' --config=/etc/own.conf --repo1-path=/mnt/backup ');
});

test('a restore to a time stops there and asks fetch-wal for what it replays', () => {
  const work = { into: '/data/copy', backup: '20261126-020000F', timeline: 2 };
  expect(restoreBackup(composeArchive, { ...work, target: new Date('2026-11-26T12:00:00.5Z') })).toEqual([
    'sealed-pgbackrest',
    '--stanza=commandcenter',
    '--pg1-path=/data/copy',
    '--set=20261126-020000F',
    '--type=time',
    '--target=2026-11-26 12:00:00.500+00',
    '--target-action=pause',
    '--target-timeline=2',
    `--recovery-option=restore_command=${restoreCommand(composeArchive)}`,
    'restore',
  ]);
  expect(written(restoreBackup(composeArchive, work))).toContain(' --type=default --target-timeline=2 ');
});

test('what PostgreSQL runs is one line of shell', () => {
  expect(archiveCommand(composeArchive)).toBe(
    'sealed-pgbackrest --stanza=commandcenter --pg1-path=/var/lib/postgresql/data/pgdata archive-push %p',
  );
  expect(restoreCommand({ ...composeArchive, streamed: "/mnt/Ana's wal" })).toBe(
    `/usr/local/bin/fetch-wal %f %p '/mnt/Ana'\\''s wal' sealed-pgbackrest --stanza=commandcenter archive-get`,
  );
});

test('a segment is archived after a minute at the latest, and a slot never fills the disk', () => {
  expect(serverSettings(composeArchive)).toMatchObject({
    archive_mode: 'on',
    archive_timeout: '60',
    max_slot_wal_keep_size: '4GB',
  });
});

test('a server beside the one that lives archives nothing and is on no network', () => {
  const argv = written(startBeside(composeArchive, '/data/copy', 5433, { max_connections: '300' }));
  for (const part of ['archive_mode=off', 'listen_addresses=', 'port=5433', 'max_connections=300'])
    expect(argv).toContain(`-c ${part}`);
});

test('a query is asked by the socket and shows rows as lines', () => {
  expect(query(composeArchive, 'SELECT 1', 5433)).toEqual([
    ...['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', '/run/commandcenter-postgres', '-p', '5433'],
    ...['-U', 'postgres', '-d', 'postgres', '-c', 'SELECT 1'],
  ]);
});
