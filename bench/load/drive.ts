import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, callerOf, pickCaller, type Team } from './callers.ts';
import { dependsOnAnswers, learnFrom, type More } from './fill-call.ts';
import { arrivals, type Stage } from './profiles.ts';
import { type Call, type Journey, TEAM } from './scenario.ts';
import { type Answer, createSender, type Sender } from './send.ts';
import { createTally, type Tally } from './tally.ts';
import { createFiller, createRandom, type Filler, pickJourney, type Stock } from './values.ts';

export interface Limits {
  /** Whatever the stages say, it ends after these. */
  seconds: number;
  requests: number;
  /** Journeys under way at once; who comes beyond them is not let in, and counted as failed. */
  underWay: number;
  answerMs: number;
}

export const LIMITS: Limits = { seconds: 3600, requests: 600_000, underWay: 2000, answerMs: 30_000 };

export interface DriveOptions {
  url: string;
  team: Team;
  stock: Stock;
  journeys: readonly Journey[];
  stages: readonly Stage[];
  streams?: number;
  limits?: Partial<Limits>;
  seed?: number;
  /** Asked once a second; says why the run is to end early. */
  enough?: (tally: Tally, elapsedMs: number) => string | undefined;
}

export interface Drive {
  tally: Tally;
  /** How much later than intended arrivals were let in, in ms: the fault of the runner. */
  lateMs: number[];
  turnedAway: number;
  streams: { opened: number; broken: number };
  /** `end` if all stages were run. */
  endedBy: string;
  elapsedMs: number;
}

/** As many as a browser opens to one server. */
const CALLS_AT_ONCE = 6;
const CONNECTIONS = 512;
const TURN_MS = 2;
const CHECK_MS = 1000;

/**
 * Lets people come when they come, whether those before them were answered or not (an open model), and measures from
 * when they should have come. So a server that stalls is charged with all who wait, and not only with one.
 */
export async function drive(options: DriveOptions): Promise<Drive> {
  const limits = { ...LIMITS, ...options.limits };
  const random = createRandom(options.seed ?? 1);
  const sender = createSender({ url: options.url, answerLimitMs: limits.answerMs, connections: CONNECTIONS });
  const tally = createTally();
  const stop = new AbortController();
  const begin = performance.now();
  const now = (): number => performance.now() - begin;
  const found: Drive = {
    tally,
    lateMs: [],
    turnedAway: 0,
    streams: { opened: 0, broken: 0 },
    endedBy: 'end',
    elapsedMs: 0,
  };
  const held = holdStreams(sender, options, found, stop.signal);
  const underWay = new Set<Promise<void>>();
  let checkedAt = 0;

  for (const intendedMs of arrivals(options.stages, TEAM.arrivalsPerSecond, random)) {
    // Not one timer for each: those of Node are late by a millisecond, and many are dear.
    while (now() < intendedMs) await sleep(Math.max(1, Math.min(TURN_MS, intendedMs - now())));
    const reached = reachedLimit(limits, tally, now());
    if (reached) found.endedBy = reached;
    else if (now() - checkedAt >= CHECK_MS) {
      checkedAt = now();
      found.endedBy = options.enough?.(tally, checkedAt) ?? 'end';
    }
    if (found.endedBy !== 'end') break;
    found.lateMs.push(now() - intendedMs);
    const journey = pickJourney(random, options.journeys);
    if (underWay.size >= limits.underWay) {
      found.turnedAway += 1;
      tally.call({ name: 'turned away', intendedMs, doneMs: intendedMs, failure: 'too many under way' });
      continue;
    }
    const caller = callerOf(options.team, journey.who, pickCaller(journey, random));
    const filler = createFiller(options.stock, random, randomUUID(), caller.own);
    const way = take({ journey, caller, filler, sender, tally, now }, intendedMs);
    underWay.add(way);
    void way.finally(() => underWay.delete(way));
  }
  found.elapsedMs = now();
  await Promise.all(underWay);
  stop.abort();
  await held;
  await sender.close();
  return found;
}

function reachedLimit(limits: Limits, tally: Tally, elapsedMs: number): string | undefined {
  if (elapsedMs >= limits.seconds * 1000) return `the limit of ${limits.seconds} seconds`;
  if (tally.requests >= limits.requests) return `the limit of ${limits.requests} requests`;
  return undefined;
}

interface Visit {
  journey: Journey;
  caller: Caller;
  filler: Filler;
  sender: Sender;
  tally: Tally;
  now: () => number;
}

/** Takes one journey to its end; a step that fails ends it, as it does for a person. */
async function take(visit: Visit, intendedMs: number): Promise<void> {
  const { name, steps } = visit.journey;
  const learns = dependsOnAnswers(steps);
  let { filler } = visit;
  let from = intendedMs;
  let failed = false;
  let more: More = {};
  for (const step of steps) {
    const answers = await makeCalls({ ...visit, filler }, step, from, more);
    failed = answers.some(({ failure }) => failure !== undefined);
    if (failed) break;
    const [answer] = answers;
    // A page asks for the thing alone before it offers to change it.
    if (answer && learns && step.length === 1) ({ more, filler } = learnFrom(answer.body(), filler));
    from = visit.now();
  }
  visit.tally.page(name, intendedMs, visit.now(), failed);
}

/** The calls of a step, six at a time as a browser does. */
async function makeCalls(visit: Visit, step: readonly Call[], fromMs: number, more: More): Promise<Answer[]> {
  const waiting = [...step];
  const answers: Answer[] = [];
  const next = async (): Promise<void> => {
    let intendedMs = fromMs;
    for (let call = waiting.shift(); call; call = waiting.shift()) {
      answers.push(await makeCall(visit, call, more, intendedMs));
      // Its turn came when the one before was answered; the time of the page tells of the waiting.
      intendedMs = visit.now();
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, next));
  return answers;
}

/** One call with all its pages: the first is measured from when it should have been sent, each other from the one before. */
async function makeCall(visit: Visit, call: Call, more: More, fromMs: number): Promise<Answer> {
  const { sender, caller, filler, tally, now } = visit;
  const name = `${call.method} ${call.path}`;
  let intendedMs = fromMs;
  let answer = await sender.send(call, caller, filler, more);
  for (let page = 1; ; page++) {
    const { failure } = answer;
    tally.call({ name, intendedMs, doneMs: now(), ...(failure ? { failure } : {}) });
    const cursor = failure || page >= (call.pages ?? 1) ? null : answer.body()['nextCursor'];
    if (typeof cursor !== 'string') return answer;
    intendedMs = now();
    answer = await sender.send(call, caller, filler, { ...more, cursor });
  }
}

/** Opens the streams and opens each anew that breaks, after a second. */
async function holdStreams(
  sender: Sender,
  options: DriveOptions,
  found: Drive,
  signal: AbortSignal,
): Promise<void> {
  const hold = async (number: number): Promise<void> => {
    const caller = callerOf(options.team, 'person', number);
    while (!signal.aborted) {
      const path = `/jobs/${options.team.job}/events`;
      const ended = await sender.follow(path, caller, signal, () => {
        found.streams.opened += 1;
      });
      if (ended) return;
      found.streams.broken += 1;
      await sleep(CHECK_MS, undefined, { signal }).catch(() => {});
    }
  };
  const count = options.streams ?? TEAM.streams;
  await Promise.all(Array.from({ length: count }, (_, at) => hold((at % TEAM.people) + 1)));
}
