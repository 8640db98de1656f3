import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../src/testing/postgres-server.ts';
import { startRedis } from '../../src/testing/redis-server.ts';
import { compareAnswers } from './compare-answers.ts';
import {
  type Contestant,
  type ContestantName,
  hasPeer,
  postgresCpuMs,
  serverEnvironment,
  startContestant,
} from './contestants.ts';
import { type LoadResult, load } from './load.ts';
import { QUESTIONS, type Question } from './questions.ts';
import { DATABASE, removeCreated, seed } from './seed.ts';

/**
 * Our server in server mode, with everything on, beside the plainest one and a FastAPI one on the same database.
 * Usage: node bench/api/run.ts [--quick] [--only=WORD] [--cached]. Run `make build` first. It takes less than 10
 * minutes, with --quick less than 2. With --cached our server keeps answers, as an installation does.
 */
const quick = process.argv.includes('--quick');
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length) ?? '';
const ROUNDS = quick ? 3 : 5;
// After each round of creating the tables are vacuumed, and every connection plans its statements anew.
const SECONDS = quick ? 2 : 4;
const CONNECTIONS = quick ? [32] : [32, 128];
const COLD_STARTS = quick ? 3 : 5;
// So long that all have compiled what they run most.
const WARM_UP_SECONDS = 6;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

interface Sample extends LoadResult {
  cpuMs: number;
  databaseCpuMs: number;
}

let label = 0;
const contestants: Contestant[] = [];
const folder = await mkdtemp(join(tmpdir(), 'commandcenter-bench-'));
const postgres = await startPostgres({
  settings: { fsync: 'on', shared_buffers: '256MB', max_connections: '100' },
});
const redis = await startRedis();
const around = { postgres, folder, redisUrl: redis.url };
try {
  await prepare();
  const names: ContestantName[] = hasPeer() ? ['ours', 'limit', 'peer'] : ['ours', 'limit'];
  say(
    `${cpus().length} cores, ${cpus()[0]?.model ?? ''}, Node ${process.version}, ${ROUNDS} rounds of ${SECONDS} s, interleaved\n`,
  );
  if ('cold start'.includes(only)) await measureColdStarts(names);
  for (const name of names) contestants.push(await startContestant(name, around));
  await compareAnswers(contestants);
  for (const question of QUESTIONS.filter(({ name }) => name.includes(only))) {
    for (const contestant of contestants) await sampleOf(contestant, question, 32, WARM_UP_SECONDS);
    for (const connections of CONNECTIONS) await measure(contestants, question, connections);
  }
} finally {
  await Promise.all(contestants.map((contestant) => contestant.stop()));
  await redis.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

async function prepare(): Promise<void> {
  await postgres.query(`create database ${DATABASE}`);
  const program = process.env['BENCH_SERVER'] ?? join(import.meta.dirname, '../../bin/commandcenter');
  execFileSync(program, ['migrate'], {
    env: serverEnvironment({ DATABASE_URL: postgres.url(DATABASE), DATA_DIR: join(folder, 'data') }),
    stdio: 'pipe',
  });
  await seed(postgres);
}

async function measureColdStarts(names: readonly ContestantName[]): Promise<void> {
  const times = new Map<ContestantName, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < COLD_STARTS; round++) {
    for (const name of names) {
      const contestant = await startContestant(name, around);
      times.get(name)?.push(contestant.startMs);
      await contestant.stop();
    }
  }
  const peer = median(times.get('peer') ?? []);
  say('| cold start to first answer | median | ÷ peer |\n|---|---|---|');
  for (const [name, all] of times)
    say(`| ${name} | ${median(all).toFixed(0)} ms | ${(median(all) / peer).toFixed(2)} |`);
  say('');
}

/** Round after round, each contestant in turn, so that a machine that slows down does so for all. */
async function measure(
  contestants: readonly Contestant[],
  question: Question,
  connections: number,
): Promise<void> {
  const samples = new Map<Contestant, Sample[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const contestant of contestants) {
      samples.get(contestant)?.push(await sampleOf(contestant, question, connections, SECONDS));
    }
  }
  report(question, connections, samples);
}

async function sampleOf(
  contestant: Contestant,
  question: Question,
  connections: number,
  seconds: number,
): Promise<Sample> {
  label += 1;
  const { port, headers } = contestant;
  const [cpu, databaseCpu] = [contestant.cpuMs(), postgresCpuMs(postgres)];
  const result = await load({
    port,
    headers,
    requests: question.requests,
    connections,
    seconds,
    label: String(label),
  });
  const sample = {
    ...result,
    cpuMs: (contestant.cpuMs() - cpu) / result.requests,
    databaseCpuMs: (postgresCpuMs(postgres) - databaseCpu) / result.requests,
  };
  if (result.failed > 0)
    throw new Error(`${contestant.name}: ${result.failed} requests of "${question.name}" failed.`);
  if (question.requests.some(({ method }) => method === 'POST')) await removeCreated(postgres);
  return sample;
}

function report(
  question: Question,
  connections: number,
  samples: ReadonlyMap<Contestant, readonly Sample[]>,
): void {
  const of = (name: ContestantName, key: keyof Sample): number => {
    const found = [...samples].find(([contestant]) => contestant.name === name)?.[1] ?? [];
    return median(found.map((sample) => sample[key]));
  };
  say(`### ${question.name}, ${connections} connections`);
  say(`(at least ${question.atLeast} ÷ peer; the limit was ${question.limitThen})\n`);
  say('| | requests/s | ÷ peer | p50 ms | p99 ms | CPU ms/request | peer ÷ it | PostgreSQL CPU ms/request |');
  say('|---|---|---|---|---|---|---|---|');
  for (const { name } of samples.keys()) {
    const [rate, cpu] = [of(name, 'perSecond'), of(name, 'cpuMs')];
    const cells = [
      rate.toFixed(0),
      (rate / of('peer', 'perSecond')).toFixed(2),
      of(name, 'p50').toFixed(1),
      of(name, 'p99').toFixed(1),
      cpu.toFixed(2),
      (of('peer', 'cpuMs') / cpu).toFixed(1),
      of(name, 'databaseCpuMs').toFixed(2),
    ];
    say(`| ${name} | ${cells.join(' | ')} |`);
  }
  say('');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
