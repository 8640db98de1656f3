import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';

const LARGEST_BYTES = 1024 * 1024;
// Built from parts, so that this file passes its own check.
const CONFLICT = new RegExp(`^(${'<'.repeat(7)} |${'>'.repeat(7)} |[|]{7} )`, 'm');
const PRIVATE_KEY = new RegExp(`-----BEGIN [A-Z ]*${'PRIVATE'} KEY( BLOCK)?-----\\s+[A-Za-z0-9+/=:]{8}`);

/** What must not be committed about one file, in words; undefined if it is fine. */
export function findFault(path: string): string | undefined {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (!file?.isFile()) return undefined;
  if (file.size > LARGEST_BYTES) {
    return `has ${file.size} bytes: what is larger than ${LARGEST_BYTES} belongs in no commit`;
  }
  const text = readFileSync(path, 'latin1');
  if (CONFLICT.test(text)) return 'holds the marker of a merge conflict: resolve it first';
  if (PRIVATE_KEY.test(text))
    return 'holds a private key: remove it, and replace the key if it was ever pushed';
  return undefined;
}

/** Checks the files that are named, or everything that git tracks. */
function main(named: string[]): void {
  const tracked = (): string[] =>
    execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
  const faults = (named.length > 0 ? named : tracked()).flatMap((path) => {
    const fault = findFault(path);
    return fault ? [`${path} ${fault}.`] : [];
  });
  if (faults.length === 0) return;
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exitCode = 1;
}

if (import.meta.main) main(process.argv.slice(2));
