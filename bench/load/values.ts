import { type Journey, SCENARIO } from './scenario.ts';

/** Words of the documents that are searched, and of what is looked for. */
export const WORDS = (
  'able amber atlas bolt brick cable cedar cloud cobalt copper delta ember fable fern flint forge gale grain harbor hazel ' +
  'iron ivory jade kite lark ledger lumen maple marble meadow nova oak onyx orbit pearl pilot quartz raven river saddle ' +
  'service database queue cache index schema migration rollback deploy release container cluster network latency ' +
  'throughput retry timeout backup restore replica shard partition consumer producer event stream batch worker scheduler ' +
  'gateway proxy token session permission audit metric trace alert dashboard incident runbook decision trade-off library ' +
  'framework language compiler runtime license vendor upgrade deprecation standard version security review owner team ' +
  'platform pipeline artifact registry image secret config feature flag experiment rollout canary capacity cost budget'
).split(' ');

const RINGS = ['adopt', 'trial', 'assess', 'hold'];
const PARAGRAPHS = 12;
const SENTENCES = 4;

/** What is there to ask for. */
export interface Stock {
  readonly technology: readonly string[];
  readonly repository: readonly string[];
  readonly document: readonly string[];
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of them, the first ones much more often than the last: some things are looked at by everybody. */
export function pick<T>(from: readonly T[], random: () => number): T {
  const one = from[Math.floor(from.length * random() ** 2)];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}

/** Whose turn it is, by the shares. */
export function pickJourney(random: () => number, journeys: readonly Journey[] = SCENARIO): Journey {
  let rest = random() * journeys.reduce((sum, { share }) => sum + share, 0);
  for (const journey of journeys) {
    rest -= journey.share;
    if (rest < 0) return journey;
  }
  throw new Error('There is no journey to take.');
}

/** Fills `{name}` in texts, at any depth; a name means the same as long as the same `Filler` is asked. */
export interface Filler {
  text(template: string): string;
  value<T>(template: T): T;
  /** The same, with other values for some names. */
  with(others: Readonly<Record<string, string>>): Filler;
}

/** `unique` was never used before, in this run and others; `own` are values of the caller, such as `email`. */
export function createFiller(
  stock: Stock,
  random: () => number,
  unique: string,
  own: Readonly<Record<string, string>> = {},
): Filler {
  const known = new Map<string, string>(Object.entries({ ...own, unique }));
  const words = (count: number): string => Array.from({ length: count }, () => pick(WORDS, random)).join(' ');
  const make = (name: string): string => {
    switch (name) {
      case 'technology':
      case 'repository':
      case 'document':
        return pick(stock[name], random);
      case 'ring':
        // To the ring where it is nothing can be moved.
        return pick(
          RINGS.filter((ring) => ring !== known.get('presentRing')),
          random,
        );
      case 'word':
        return words(1);
      case 'words':
        return words(3);
      case 'digits':
        return String(10 + Math.floor(random() * 90));
      case 'question':
        return `Why did we choose ${words(1)} for the ${words(2)}?`;
      case 'paragraphs':
        return Array.from({ length: PARAGRAPHS }, () =>
          Array.from({ length: SENTENCES }, () => `The ${words(9)}.`).join(' '),
        ).join('\n\n');
      default:
        throw new Error(`Nobody knows what {${name}} is.`);
    }
  };
  const text = (template: string): string =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = known.get(name) ?? make(name);
      known.set(name, value);
      return value;
    });
  const value = <T>(template: T): T => {
    if (typeof template === 'string') return text(template) as T;
    if (Array.isArray(template)) return template.map(value) as T;
    if (template === null || typeof template !== 'object') return template;
    return Object.fromEntries(Object.entries(template).map(([key, each]) => [key, value(each)])) as T;
  };
  return {
    text,
    value,
    with: (others) => createFiller(stock, random, unique, { ...Object.fromEntries(known), ...others }),
  };
}
