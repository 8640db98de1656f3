import { expect, test } from 'vitest';
import { type ArchivedBackup, readBackups } from './backups.ts';
import { planRecovery } from './plan.ts';
import { readArchived, readStreamed, type Segment } from './segments.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 26, 12, minute));
const segment = (name: string, minute: number): Segment => ({ name, at: at(minute) });
const name = (timeline: number, place: number): string =>
  [timeline, Math.floor(place / 256), place % 256]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('');
const backup = (label: string, minute: number, place: number, timeline = 1): ArchivedBackup => ({
  label,
  type: 'full',
  startedAt: at(minute - 1),
  finishedAt: at(minute),
  firstSegment: name(timeline, place),
  lastSegment: name(timeline, place),
  databaseBytes: 1,
  repositoryBytes: 1,
  damaged: false,
});
// One a minute from 254 to 263, over the end of a log of 256.
const archived = Array.from({ length: 10 }, (_, n) => segment(name(1, 254 + n), n));
const backups = [backup('early', 1, 255), backup('late', 5, 259)];

test('the newest backup before the target is used, and the WAL up to the first that was archived after it', () => {
  const plan = planRecovery({ backups, archived, streamed: [] }, { target: at(4) });
  expect(plan).toMatchObject({
    backup: { label: 'early' },
    firstSegment: name(1, 255),
    lastSegment: name(1, 258),
    segments: 4,
    lostSegments: 5,
    streamedOnly: 0,
    newest: at(9),
    oldest: at(1),
  });
  expect(planRecovery({ backups, archived, streamed: [] }, { target: at(5) }).backup.label).toBe('late');
});

test('without a target everything is used, and what was streamed goes on where the archive ends', () => {
  const streamed = [segment(name(1, 263), 9), segment(name(1, 264), 10)];
  expect(planRecovery({ backups, archived, streamed }, {})).toMatchObject({
    lastSegment: name(1, 264),
    streamedOnly: 1,
    lostSegments: 0,
    newest: at(10),
  });
});

test('a hole in the WAL is named; one that is not on the way, or that streaming has, is none', () => {
  const holed = archived.filter((one) => one.name !== name(1, 257));
  const plan = (target: Date, streamed: Segment[] = []) =>
    planRecovery({ backups, archived: holed, streamed }, { target });
  expect(() => plan(at(4))).toThrow(
    `1 WAL file after the backup early can be found nowhere: ${name(1, 257)}.`,
  );
  expect(plan(at(2)).segments).toBe(2);
  expect(plan(at(7)).backup.label).toBe('late');
  expect(plan(at(4), [segment(name(1, 257), 3)]).segments).toBe(4);
});

test('after a restore was undone the later timeline, which nobody lives on, is not taken', () => {
  const undone = [segment(name(2, 258), 20), segment(name(2, 259), 21)];
  const holdings = {
    backups: [...backups, backup('undone', 22, 259, 2)],
    archived: [...archived, ...undone],
    streamed: [],
  };
  expect(planRecovery(holdings, { target: at(8), timeline: 1 })).toMatchObject({
    backup: { label: 'late' },
    lastSegment: name(1, 262),
  });
  expect(planRecovery(holdings, {})).toMatchObject({ timeline: 2, backup: { label: 'undone' } });
});

test('a time that nothing reaches is refused with the one that can be had', () => {
  const holdings = { backups, archived, streamed: [] };
  expect(() => planRecovery(holdings, { target: at(0) })).toThrow('No backup was finished before');
  expect(() => planRecovery(holdings, { target: at(10) })).toThrow(`ends at ${at(9).toISOString()}`);
});

test('histories, labels and folders are no segments, and one that is being written is', () => {
  const listed = {
    '0000000100000000': { type: 'path' },
    [`0000000100000000/${name(1, 3)}-0a1b2c.zst`]: { type: 'file', time: 1_700_000_000 },
    [`0000000100000000/${name(1, 3)}.00000028.backup`]: { type: 'file', time: 1_700_000_000 },
    '00000002.history': { type: 'file', time: 1_700_000_000 },
  };
  expect(readArchived(JSON.stringify(listed))).toEqual([
    { name: name(1, 3), at: new Date(1_700_000_001_000) },
  ]);
  const lines = `${name(1, 3)} 1700000000.5\n${name(1, 4)}.partial 1700000001.25\n00000002.history 1700000000\n`;
  expect(readStreamed(lines)).toEqual([
    { name: name(1, 3), at: new Date(1_700_000_000_500) },
    { name: name(1, 4), at: new Date(1_700_000_001_250) },
  ]);
});

test('a repository without a backup says so', () => {
  const empty = [{ status: { code: 2, message: 'no valid backups' }, archive: [], backup: [] }];
  expect(() => readBackups(JSON.stringify(empty), 'commandcenter')).toThrow(
    'The repository holds no backup of commandcenter: no valid backups.',
  );
});
