import { existsSync } from 'node:fs';
import { cp, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const SYNCED_AT_ONCE = 64;

/** Copies a prepared database; a copy that was cut short is never taken for a database. */
export async function copyTemplate(template: string, directory: string): Promise<void> {
  if (!existsSync(join(template, 'PG_VERSION'))) return;
  const partial = `${directory}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(directory), { recursive: true });
  await cp(template, partial, { recursive: true });
  const files = (await readdir(partial, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  for (let start = 0; start < files.length; start += SYNCED_AT_ONCE) {
    const batch = files.slice(start, start + SYNCED_AT_ONCE);
    await Promise.all(batch.map((file) => syncFile(join(file.parentPath, file.name))));
  }
  await rm(directory, { recursive: true, force: true });
  await rename(partial, directory);
  await syncFile(dirname(directory));
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
