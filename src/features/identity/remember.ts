import { LRUCache } from 'lru-cache';
import type { Platform } from '#platform/context/index.ts';

/** How long another process may not have noticed that a session or token was revoked. */
const REMEMBERED_MS = 1000;
const MOST = 5000;

interface Asked {
  kind: 'session' | 'token';
  tokenHash: Buffer;
  project: string | undefined;
  now: Date;
}

interface Answer {
  found: object;
  /** The time, as the product and as the machine count it: a clock that is set must not make it last. */
  at: number;
  machineAt: number;
  /** How many changes to people, sessions and tokens this process had made when it was asked. */
  changes: number;
}

const answers = new WeakMap<Platform, LRUCache<string, Answer>>();

/**
 * Who stands behind a credential, for a moment: whoever sends many requests is looked up once a second. Any
 * change that this process makes to people, sessions, tokens or members ends it at once.
 */
export async function remember<T extends object>(
  platform: Platform,
  { kind, tokenHash, project, now }: Asked,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const known = answersOf(platform);
  const key = `${kind} ${tokenHash.toString('latin1')} ${project ?? ''}`;
  const before = known.get(key);
  const [at, machineAt] = [now.getTime(), performance.now()];
  // Counted before looking: a change that comes in between makes what was found old.
  const changes = platform.database.identityChanges();
  if (before && isFresh(before, at, machineAt, changes)) return before.found as T;
  const found = await find();
  if (found) known.set(key, { found, at, machineAt, changes });
  else known.delete(key);
  return found;
}

function isFresh(answer: Answer, at: number, machineAt: number, changes: number): boolean {
  const isYoung = machineAt - answer.machineAt < REMEMBERED_MS && Math.abs(at - answer.at) < REMEMBERED_MS;
  return isYoung && answer.changes === changes;
}

function answersOf(platform: Platform): LRUCache<string, Answer> {
  const known = answers.get(platform);
  if (known) return known;
  const made = new LRUCache<string, Answer>({ max: MOST });
  answers.set(platform, made);
  return made;
}
