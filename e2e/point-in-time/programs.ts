import { execFileSync } from 'node:child_process';
import { findPostgres } from '#testing/postgres-server.ts';

/** Whether pgBackRest and PostgreSQL are installed: apt-get install pgbackrest postgresql. */
export const canArchive = findPostgres() !== undefined && runs('pgbackrest', 'version');

export function runs(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
