import { check } from 'k6';
import { SharedArray } from 'k6/data';
import { scenario } from 'k6/execution';
import http, { type BatchRequest, type RefinedResponse } from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { type Caller, callerOf, pickCaller, type Team } from './callers.ts';
import { addressOf, dependsOnAnswers, headersOf, learnFrom, type More } from './fill-call.ts';
import { loopbackOrigin } from './loopback.ts';
import { DEFAULTS, type ProfileName, stagesOf } from './profiles.ts';
import { type Call, TEAM, THRESHOLDS } from './scenario.ts';
import { createFiller, createRandom, type Filler, pickJourney, type Stock } from './values.ts';

/*
 * The same scenario for k6 (0.57 or newer, which reads TypeScript). `node bench/load/run.ts hold` starts an installation
 * and writes the file that is read here; then: k6 run -e PROFILE=ramp bench/load/k6.ts
 */
interface Installation {
  url: string;
  team: Team;
  stock: Stock;
}

type Answer = RefinedResponse<'text'>;

const read = (): Installation => JSON.parse(open('./results/installation.json'));
// One copy for all virtual users.
const shared = (name: string, of: (from: Installation) => readonly string[]): readonly string[] =>
  new SharedArray<string>(name, () => [...of(read())]);
const stock: Stock = {
  technology: shared('technologies', ({ stock }) => stock.technology),
  repository: shared('repositories', ({ stock }) => stock.repository),
  document: shared('documents', ({ stock }) => stock.document),
};
const [url = '', password = '', job = ''] = shared('facts', ({ url, team }) => [
  url,
  team.password,
  team.job,
]);
const team: Team = {
  password,
  job,
  sessions: shared('sessions', ({ team }) => team.sessions),
  tokens: shared('tokens', ({ team }) => team.tokens),
};
const origin = loopbackOrigin(url);
const profile = (__ENV['PROFILE'] ?? 'ramp') as ProfileName;
const defaults = DEFAULTS[profile];
const stages = stagesOf(profile, {
  minutes: Number(__ENV['MINUTES'] ?? defaults.minutes),
  times: Number(__ENV['TIMES'] ?? defaults.times),
});
const rate = (times: number): number => Math.max(1, Math.round(TEAM.arrivalsPerSecond * times));

const pageTime = new Trend('page_duration', true);
const failures = new Counter('failed_calls');

export const options: Options = {
  // As many as a browser opens to one server.
  batchPerHost: 6,
  scenarios: {
    team: {
      executor: 'ramping-arrival-rate',
      startRate: rate(stages[0]?.times ?? 1),
      timeUnit: '1s',
      preAllocatedVUs: 200,
      maxVUs: 2000,
      // Each level at once, and then held.
      stages: stages.flatMap(({ seconds, times }) => [
        { target: rate(times), duration: '0s' },
        { target: rate(times), duration: `${seconds}s` },
      ]),
    },
  },
  thresholds: {
    failed_calls: [`count<=${THRESHOLDS.failed}`],
    http_req_duration: [`p(95)<=${THRESHOLDS.p95Ms}`, `p(99)<=${THRESHOLDS.p99Ms}`],
    page_duration: [`p(95)<=${THRESHOLDS.pageP95Ms}`],
    // Who could not be let in because too many were under way.
    dropped_iterations: ['count<=0'],
  },
};

/** One journey, by whoever's turn it is. */
// biome-ignore lint/style/noDefaultExport: k6 takes the default export for what an iteration does.
export default function takeJourney(): void {
  const random = createRandom(Date.now() + scenario.iterationInTest);
  const journey = pickJourney(random);
  const caller = callerOf(team, journey.who, pickCaller(journey, random));
  const unique = `k6-${scenario.startTime}-${scenario.iterationInTest}`;
  let filler = createFiller(stock, random, unique, caller.own);
  const learns = dependsOnAnswers(journey.steps);
  const begin = Date.now();
  let more: More = {};
  for (const step of journey.steps) {
    const answers = makeCalls(step, caller, filler, more);
    if (answers.some((answer) => answer.status >= 300 || answer.status === 0)) break;
    const [answer] = answers;
    if (learns && step.length === 1 && answer) ({ more, filler } = learnFrom(bodyOf(answer), filler));
  }
  pageTime.add(Date.now() - begin, { journey: journey.name });
}

function makeCalls(step: readonly Call[], caller: Caller, filler: Filler, more: More): Answer[] {
  const answers = http.batch(step.map((call) => requestOf(call, caller, filler, more))) as Answer[];
  for (const [at, call] of step.entries()) {
    let answer = answers[at];
    note(call, answer);
    for (let page = 1; page < (call.pages ?? 1); page++) {
      const cursor = field(answer, 'nextCursor');
      if (typeof cursor !== 'string') break;
      [answer] = http.batch([requestOf(call, caller, filler, { cursor })]) as Answer[];
      note(call, answer);
    }
  }
  return answers;
}

function requestOf(call: Call, caller: Caller, filler: Filler, more: More): BatchRequest {
  const params = {
    headers: { ...caller.headers, ...headersOf(call, filler, more) },
    tags: { name: `${call.method} ${call.path}` },
    timeout: '30s',
    responseType: 'text' as const,
  };
  const address = `${origin}${addressOf(call, filler, more)}`;
  if (call.upload) {
    const file = http.file(filler.text(call.upload.text), filler.text(call.upload.name), 'text/markdown');
    return { method: call.method, url: address, body: { files: file }, params };
  }
  const body = call.body === undefined ? null : JSON.stringify(filler.value(call.body));
  return { method: call.method, url: address, body, params };
}

function note({ method, path }: Call, answer: Answer | undefined): void {
  const good = check(answer, {
    'answered with 2xx': (one) => one !== undefined && one.status >= 200 && one.status < 300,
  });
  if (!good) failures.add(1, { call: `${method} ${path}`, status: String(answer?.status ?? 0) });
}

function field(answer: Answer | undefined, name: string): unknown {
  return answer && bodyOf(answer)[name];
}

function bodyOf(answer: Answer): Record<string, unknown> {
  const isJson = answer.headers['Content-Type']?.includes('json') ?? false;
  return isJson ? ((answer.json() as Record<string, unknown> | null) ?? {}) : {};
}
