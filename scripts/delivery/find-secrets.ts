import { spawn, spawnSync } from 'node:child_process';

const SECRETLINT = 'node_modules/.bin/secretlint';

/** Runs a program and passes its exit code on. */
function run(program: string, words: string[]): boolean {
  return spawnSync(program, words, { stdio: 'inherit' }).status === 0;
}

/** Searches every line that was ever committed, on any branch. */
async function searchHistory(): Promise<boolean> {
  const git = spawn('git', ['log', '--all', '--patch', '--no-color'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lint = spawn(SECRETLINT, ['--stdinFileName=history.txt'], { stdio: ['pipe', 'inherit', 'inherit'] });
  git.stdout.pipe(lint.stdin);
  const ends = [git, lint].map(
    (child) => new Promise<number | null>((resolve) => child.once('exit', resolve)),
  );
  return (await Promise.all(ends)).every((code) => code === 0);
}

const passed = process.argv.includes('--history')
  ? await searchHistory()
  : [run(process.execPath, ['scripts/delivery/check-files.ts']), run(SECRETLINT, ['**/*'])].every(Boolean);
if (!passed) process.exitCode = 1;
