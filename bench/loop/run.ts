import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../running-server.ts';

/**
 * From `track` to the first detection and to the first cited answer, for a repository of 10,000 files that this
 * makes, or for the one given. Usage: node bench/loop/run.ts [REPOSITORY QUESTION]. Run `make build` first.
 */
const FILES = 10_000;
const PACKAGES = 200;
const folder = await mkdtemp(join(tmpdir(), 'commandcenter-bench-'));
const repository = process.argv[2] ?? (await makeRepository(join(folder, 'repository')));
const question = process.argv[3] ?? 'why does package seventeen keep its state in PostgreSQL?';

const server = await startServer(join(folder, 'data'));
const begin = performance.now();
const took = (): string => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
const { job } = await server.request<{ job: { rootId: string } }>('POST', '/repositories', {
  location: repository,
});
const times: Record<string, string> = {};
for (let ended = false; !ended; await sleep(100)) {
  const detections = await server.request<{ total: number }>('GET', '/detections?limit=1');
  if (detections.total > 0) times['first detection'] ??= took();
  const answer = await server.request<{ answered: boolean }>('POST', '/ask', { question });
  if (answer.answered) times['first cited answer'] ??= took();
  const { items } = await server.request<{ items: { state: string }[] }>(
    'GET',
    `/jobs?root=${job.rootId}&limit=50`,
  );
  ended = !items.some((item) => item.state === 'queued' || item.state === 'running');
  if (ended) times['everything, history too'] = took();
}
process.stdout.write('| from track to | time |\n|---|---|\n');
for (const [name, time] of Object.entries(times)) process.stdout.write(`| ${name} | ${time} |\n`);
await server.stop();
await rm(folder, { recursive: true, force: true });

async function makeRepository(directory: string): Promise<string> {
  const perPackage = FILES / PACKAGES - 2;
  for (let at = 0; at < PACKAGES; at++) {
    const place = join(directory, 'packages', `p${at}`);
    await mkdir(join(place, 'src'), { recursive: true });
    const manifest = { name: `p${at}`, dependencies: { pg: '^8.11.0', [`lib-${at}`]: '^1.0.0' } };
    await writeFile(join(place, 'package.json'), JSON.stringify(manifest, null, 2));
    const reason =
      at === 17
        ? 'Package seventeen keeps its state in PostgreSQL because reports need joins.'
        : `Package ${at} does its part.`;
    await writeFile(join(place, 'README.md'), `# Package ${at}\n\n${reason}\n`);
    for (let file = 0; file < perPackage; file++) {
      await writeFile(join(place, 'src', `f${file}.ts`), `export const value${file} = ${at * file};\n`);
    }
  }
  const git = (...args: string[]): Buffer =>
    execFileSync('git', [
      '-C',
      directory,
      '-c',
      'user.name=Bench',
      '-c',
      'user.email=bench@example.org',
      ...args,
    ]);
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'everything');
  return directory;
}
