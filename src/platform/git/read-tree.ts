import { isUtf8 } from 'node:buffer';
import { createByteReader } from '#platform/exec/index.ts';
import { expectSuccess, spawnGit } from './run-git.ts';
import type { EntryKind, Mirror, TreeEntry } from './types.ts';

const NUL = 0;
const TAB = 9;
const KINDS: Readonly<Record<string, EntryKind>> = {
  '100644': 'file',
  '100664': 'file',
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

/** Every path of a commit's tree, in git's order. Reads no blob. */
export async function openTree(
  mirror: Mirror,
  commit: string,
  options: { signal?: AbortSignal } = {},
): Promise<TreeEntry[]> {
  const listing = spawnGit(
    mirror,
    ['ls-tree', '-r', '-z', '-l', '--full-tree', commit, '--'],
    options.signal,
  );
  listing.stdin.end();
  const reader = createByteReader(listing.stdout);
  const entries: TreeEntry[] = [];
  for (let record = await reader.readUntil(NUL); record; record = await reader.readUntil(NUL)) {
    const entry = parseEntry(record);
    if (entry) entries.push(entry);
  }
  await expectSuccess(listing);
  return entries;
}

/** `<mode> <type> <oid> <size>\t<path>`, the size padded with spaces, `-` for a submodule. */
function parseEntry(record: Buffer): TreeEntry | undefined {
  const tab = record.indexOf(TAB);
  const [mode, , oid, size] = record.toString('latin1', 0, tab).split(/ +/);
  const kind = mode === undefined ? undefined : KINDS[mode];
  if (tab < 0 || mode === undefined || kind === undefined || oid === undefined) return undefined;
  const { path, rawPath } = decodePath(record.subarray(tab + 1));
  const entry = { path, mode, kind, oid, size: size === '-' ? 0 : Number(size) };
  return rawPath ? { ...entry, rawPath } : entry;
}

/** A path as text; its bytes too where the text could not hold them. */
export function decodePath(bytes: Buffer): { path: string; rawPath?: Buffer } {
  const path = bytes.toString('utf8');
  return isUtf8(bytes) ? { path } : { path, rawPath: Buffer.from(bytes) };
}
