import { LRUCache } from 'lru-cache';
import { PEOPLE_CHANGED, type Platform } from '#platform/context/index.ts';

/** How long another process may not have noticed that a session or token was revoked. */
const REMEMBERED_MS = 1000;
const MOST = 5000;

interface Asked {
  kind: 'session' | 'token';
  secret: string;
  project: string | undefined;
  now: Date;
}

interface Answer {
  found: object;
  /** The time, as the product and as the machine count it: a clock that is set must not make it last. */
  at: number;
  machineAt: number;
  /** How many changes to people, sessions and tokens this process had made or heard of when it was asked. */
  changes: number;
}

interface Known {
  answers: LRUCache<string, Answer>;
  /** How many changes anybody has told of. */
  news: number;
}

const knownOf = new WeakMap<Platform, Known>();

/**
 * Who stands behind a credential, for a moment: whoever sends many requests is looked up once a second. Any
 * change that this process makes to people, sessions, tokens or members ends it at once, and so does the news
 * of one that another process made; who would not hear of those asks each time.
 */
export async function remember<T extends object>(
  platform: Platform,
  { kind, secret, project, now }: Asked,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  if (!platform.events.connected) return find();
  const known = knownOf.get(platform) ?? listen(platform);
  const key = `${kind} ${secret} ${project ?? ''}`;
  const before = known.answers.get(key);
  const [at, machineAt] = [now.getTime(), performance.now()];
  // Counted before looking: a change that comes in between makes what was found old.
  const changes = platform.database.identityChanges() + known.news;
  if (before && isFresh(before, at, machineAt, changes)) return before.found as T;
  const found = await find();
  if (found) known.answers.set(key, { found, at, machineAt, changes });
  else known.answers.delete(key);
  return found;
}

function isFresh(answer: Answer, at: number, machineAt: number, changes: number): boolean {
  const isYoung = machineAt - answer.machineAt < REMEMBERED_MS && Math.abs(at - answer.at) < REMEMBERED_MS;
  return isYoung && answer.changes === changes;
}

function listen(platform: Platform): Known {
  const known: Known = { answers: new LRUCache<string, Answer>({ max: MOST }), news: 0 };
  platform.events.subscribe(PEOPLE_CHANGED, () => {
    known.news += 1;
  });
  knownOf.set(platform, known);
  return known;
}
