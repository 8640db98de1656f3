import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../../src/testing/redis-server.ts';
import { startContestant } from '../api/contestants.ts';
import { QUESTIONS } from '../api/questions.ts';
import type { Installation } from './logical.ts';
import { measured } from './measured.ts';

/** A second: more than a team of 200 people asks in its busiest hour, and far from what the server can answer. */
const RATE = 40;
const AT_REST_SECONDS = 20;
const WARM_UP_SECONDS = 10;

interface Server {
  port: number;
  headers: Record<string, string>;
  agent: Agent;
}

/** How long the API takes while a set is made by a process beside it, and while none is, in turns. */
export async function measureApi(installation: Installation, rounds: number): Promise<string[]> {
  const { postgres, folder, env, program } = installation;
  const redis = await startRedis();
  const api = await startContestant('ours', { postgres, folder, redisUrl: redis.url });
  const server = { port: api.port, headers: api.headers, agent: new Agent({ keepAlive: true }) };
  const atRest: number[] = [];
  const meanwhile: number[] = [];
  let seconds = 0;
  try {
    await askUntil(server, sleep(WARM_UP_SECONDS * 1000));
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`API, round ${round + 1} of ${rounds}\n`);
      atRest.push(...(await askUntil(server, sleep(AT_REST_SECONDS * 1000))));
      const making = measured([program, 'backup', 'create', '--json'], env);
      meanwhile.push(...(await askUntil(server, making)));
      seconds += (await making).seconds;
    }
  } finally {
    server.agent.destroy();
    await api.stop();
    await redis.close();
  }
  const row = (title: string, times: readonly number[]): string =>
    `| ${title} | ${times.length} | ${[0.5, 0.95, 0.99].map((part) => quantile(times, part).toFixed(1)).join(' | ')} |`;
  const ratio = quantile(meanwhile, 0.99) / quantile(atRest, 0.99);
  return [
    `${RATE} requests a second, ${(seconds / rounds).toFixed(1)} s for a set.`,
    '',
    '| the API | requests | p50 ms | p95 ms | p99 ms |',
    '|---|---|---|---|---|',
    row('at rest', atRest),
    row('while a set is made', meanwhile),
    '',
    `p99 is ${ratio.toFixed(2)} times that at rest; at most 1.3 is aimed at.`,
  ];
}

/** Asks at the rate, whether those before were answered or not; times count from when each was to be sent. */
async function askUntil(server: Server, end: Promise<unknown>): Promise<number[]> {
  const requests = QUESTIONS.flatMap((question) => question.requests).filter(
    ({ method }) => method === 'GET',
  );
  let ended = false;
  const stop = (): void => {
    ended = true;
  };
  end.then(stop, stop);
  const times: Promise<number>[] = [];
  for (let due = performance.now(); !ended; due += 1000 / RATE) {
    await sleep(Math.max(0, due - performance.now()));
    const { path } = requests[(times.length * 7) % requests.length] ?? { path: '/' };
    times.push(ask(server, path).then((at) => at - due));
  }
  return Promise.all(times);
}

/** Resolves with when the answer was whole. */
function ask({ port, headers, agent }: Server, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, headers, agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
      response.resume().once('end', () => resolve(performance.now()));
    }).on('error', reject);
  });
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;
}
