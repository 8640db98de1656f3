import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder the process was started in, and whether it lies in a git work tree. */
export function findWorkingFolder(start: string = process.cwd()): { path: string; isRepository: boolean } {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return { path: folder, isRepository: true };
    if (dirname(folder) === folder) return { path: start, isRepository: false };
  }
}
