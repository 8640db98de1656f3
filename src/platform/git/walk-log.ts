import { appError } from '#platform/errors/index.ts';
import { type ByteReader, createByteReader } from '#platform/exec/index.ts';
import { decodePath } from './read-tree.ts';
import { expectSuccess, readGit, spawnGit } from './run-git.ts';
import type { Branch, ChangedFile, FileStatus, LogCommit, Mirror, WalkLogOptions } from './types.ts';

const NUL = 0;
const COMMIT_MARK = 0x01;
const COLON = 0x3a;
const FORMAT = '%x01%H%x00%P%x00%an%x00%ae%x00%ct%x00%at%x00%s';
const NO_OBJECT = /^0+$/;
const STATUSES: Readonly<Record<string, FileStatus>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  T: 'type-changed',
};

/**
 * Streams the history of a range, newest first, with the paths each commit changed.
 * Renames appear as a deletion and an addition. Leaving the loop early ends the process.
 */
export async function* walkLog(
  mirror: Mirror,
  options: WalkLogOptions,
): AsyncGenerator<LogCommit, void, undefined> {
  refuseOption(options.range);
  const log = spawnGit(mirror, logArguments(options), options.signal);
  log.stdin.end();
  const reader = createByteReader(log.stdout);
  try {
    for (let commit = await readCommit(reader); commit; commit = await readCommit(reader)) yield commit;
    await expectSuccess(log);
  } finally {
    log.stop();
  }
}

function logArguments(options: WalkLogOptions): string[] {
  const listFiles = options.files ?? true;
  return [
    'log',
    '-z',
    `--format=tformat:${FORMAT}`,
    '--no-color',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--ignore-submodules=none',
    ...(listFiles
      ? ['--raw', '--no-abbrev', `--diff-merges=${options.firstParent ? 'first-parent' : 'off'}`]
      : ['--no-patch']),
    ...(options.firstParent ? ['--first-parent'] : []),
    ...(options.reverse ? ['--reverse'] : []),
    '--end-of-options',
    options.range,
    '--',
    ...(options.paths ?? []),
  ];
}

/** One commit: its mark, seven fields that end in NUL, then its changed paths. */
async function readCommit(reader: ByteReader): Promise<LogCommit | undefined> {
  for (let byte = await reader.peek(); byte !== COMMIT_MARK; byte = await reader.peek()) {
    if (byte === undefined) return undefined;
    await reader.skip(1);
  }
  await reader.skip(1);
  const fields: string[] = [];
  for (let count = 0; count < 7; count += 1) {
    const field = await reader.readUntil(NUL);
    if (!field) return undefined;
    fields.push(field.toString('utf8'));
  }
  const [commit = '', parents = '', author = '', email = '', committed = '', authored = '', subject = ''] =
    fields;
  return {
    commit,
    parents: parents === '' ? [] : parents.split(' '),
    author,
    email,
    date: fromUnixSeconds(committed),
    authoredAt: fromUnixSeconds(authored),
    subject,
    files: await readChangedFiles(reader),
  };
}

/** Dates that no calendar holds (broken commits have them) become the epoch. */
function fromUnixSeconds(text: string): Date {
  const date = new Date(Number(text) * 1000);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

async function readChangedFiles(reader: ByteReader): Promise<ChangedFile[]> {
  const files: ChangedFile[] = [];
  for (;;) {
    const byte = await reader.peek();
    if (byte === undefined || byte === COMMIT_MARK) return files;
    // A line feed opens the list, a NUL closes it.
    if (byte !== COLON) {
      await reader.skip(1);
      continue;
    }
    const header = await reader.readUntil(NUL);
    const path = await reader.readUntil(NUL);
    if (!header || !path) return files;
    const [, , oldOid = '', newOid = '', status = ''] = header.toString('latin1').split(' ');
    files.push({
      status: STATUSES[status[0] ?? ''] ?? 'modified',
      path: decodePath(path).path,
      oldOid: NO_OBJECT.test(oldOid) ? null : oldOid,
      newOid: NO_OBJECT.test(newOid) ? null : newOid,
    });
  }
}

/** The commit that a name stands for, or undefined if there is none. */
export async function findCommit(
  mirror: Mirror,
  name: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { stdout, exitCode } = await readGit(
    mirror,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`],
    { signal, answers: [1, 128] },
  );
  return exitCode === 0 ? stdout.toString('latin1').trim() : undefined;
}

/** How many commits a range holds. */
export async function countCommits(mirror: Mirror, range: string, signal?: AbortSignal): Promise<number> {
  refuseOption(range);
  const { stdout } = await readGit(mirror, ['rev-list', '--count', '--end-of-options', range, '--'], {
    signal,
  });
  return Number(stdout.toString('latin1'));
}

/** Whether history still leads from `descendant` to `ancestor`; false too if the ancestor is no longer there. */
export async function isAncestor(
  mirror: Mirror,
  ancestor: string,
  descendant: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const { exitCode } = await readGit(mirror, ['merge-base', '--is-ancestor', ancestor, descendant], {
    signal,
    answers: [1, 128],
  });
  return exitCode === 0;
}

/** Branches, the most recently committed first. */
export async function listBranches(mirror: Mirror, signal?: AbortSignal): Promise<Branch[]> {
  const format = '%(refname:lstrip=2)%00%(objectname)%00%(committerdate:unix)';
  const { stdout } = await readGit(
    mirror,
    ['for-each-ref', '--sort=-committerdate', `--format=${format}`, 'refs/heads/'],
    { signal, maxOutputBytes: 64 * 1024 * 1024 },
  );
  return stdout
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', commit = '', date = ''] = line.split('\0');
      return { name, commit, committedAt: fromUnixSeconds(date) };
    });
}

function refuseOption(range: string): void {
  if (!range.startsWith('-')) return;
  throw appError('range-invalid', 400, `"${range.slice(0, 80)}" is not a commit or a range of commits.`);
}
