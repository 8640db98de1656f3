import { access, constants, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findLockHolder, type LockHolder } from '#platform/database/index.ts';
import { type Finding, findingsOf, ok } from './finding.ts';
import type { Situation } from './situation.ts';
import { readStaleLock } from './stale-lock.ts';

export interface DataDirectoryFacts {
  path: string;
  /** Null if it is not there yet. */
  folder: { mode: number; uid: number } | null;
  /** It, or where it will be made, can be written; else the code of the refusal. */
  refusal: string | null;
  /** Files in it that hold secrets and can be read by others. */
  openFiles: readonly { path: string; mode: number }[];
  /** The lock of a process that ended without removing it. */
  staleLock: { path: string; content: string; pid: number } | null;
  holder: LockHolder | null;
  uid: number | undefined;
}

/** The data directory: written by who runs the product, closed to others, used by one process. */
export function checkDataDirectory(facts: DataDirectoryFacts): Finding[] {
  const { path, folder, refusal, holder } = facts;
  const { problem } = findingsOf('data-directory');
  const found: Finding[] = [];
  if (refusal !== null) {
    const remedy = folder
      ? `Set DATA_DIR to a folder of your own, or as root: chown ${facts.uid ?? '$(id -u)'} ${path}`
      : 'Set DATA_DIR to a folder of your own.';
    found.push(
      problem('data-directory-not-writable', `${path} can't be written (${refusal}).`, remedy, {
        target: path,
        evidence: { path, refusal },
      }),
    );
  }
  if (folder) found.push(...checkAccess(facts, folder));
  if (facts.staleLock) {
    const { pid, ...lock } = facts.staleLock;
    found.push(
      problem(
        'data-directory-lock-stale',
        `${lock.path} names process ${pid}, which has ended.`,
        `rm ${lock.path}`,
        { target: lock.path, evidence: { pid }, fix: { kind: 'remove-file', ...lock } },
      ),
    );
  }
  if (found.length > 0) return found;
  const used = holder
    ? `It is used by process ${holder.pid}${holder.url ? ` at ${holder.url}` : ''}.`
    : folder
      ? 'No server runs on it.'
      : 'It is made at the first start.';
  return [
    ok('data-directory', `${path}. ${used}`, { path, pid: holder?.pid ?? null, url: holder?.url ?? null }),
  ];
}

function checkAccess(
  { path, uid, openFiles }: DataDirectoryFacts,
  folder: { mode: number; uid: number },
): Finding[] {
  const { problem, warning } = findingsOf('data-directory');
  const found: Finding[] = [];
  const mode = folder.mode.toString(8);
  if (uid !== undefined && folder.uid !== uid) {
    found.push(
      warning(
        'data-directory-owner',
        `${path} belongs to the user ${folder.uid}, and you are ${uid}: what you make in it, that user can't write.`,
        `Run the product as ${folder.uid}, or as root: chown -R ${uid} ${path}`,
        { target: path, evidence: { path, uid: folder.uid, you: uid } },
      ),
    );
  }
  if ((folder.mode & 0o077) !== 0) {
    found.push(
      warning('data-directory-open', `${path} can be entered by others (${mode}).`, `chmod 700 ${path}`, {
        target: path,
        evidence: { path, mode },
        fix: { kind: 'set-mode', path, mode: 0o700 },
      }),
    );
  }
  for (const file of openFiles) {
    found.push(
      problem(
        'data-directory-file-open',
        `${file.path} can be read by others (${file.mode.toString(8)}).`,
        `chmod 600 ${file.path}`,
        { target: file.path, fix: { kind: 'set-mode', path: file.path, mode: 0o600 } },
      ),
    );
  }
  return found;
}

const SECRETS = ['owner-token', 'secret-key'];

/** The data directory of this machine; that of containers is a volume. */
export async function lookAtDataDirectory({ folder, config, probes }: Situation): Promise<Finding[]> {
  if (folder) return [];
  const path = config.dataDir;
  const entry = await stat(path).catch(() => null);
  const open = await Promise.all(
    SECRETS.map(async (name) => {
      const file = await stat(join(path, name)).catch(() => null);
      return file && (file.mode & 0o077) !== 0 ? [{ path: join(path, name), mode: file.mode & 0o777 }] : [];
    }),
  );
  return checkDataDirectory({
    path,
    folder: entry ? { mode: entry.mode & 0o777, uid: entry.uid } : null,
    refusal: await refusalOf(path),
    openFiles: open.flat(),
    staleLock: await readStaleLock(path),
    holder: entry ? await findLockHolder(path) : null,
    uid: probes.uid,
  });
}

/** Why nothing can be written into a folder, or made where it will be. */
async function refusalOf(path: string): Promise<string | null> {
  try {
    if (!(await stat(path)).isDirectory()) return 'it is a file';
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' && dirname(path) !== path ? refusalOf(dirname(path)) : code;
  }
}
