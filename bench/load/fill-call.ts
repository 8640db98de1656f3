import type { Call } from './scenario.ts';
import type { Filler } from './values.ts';

/** What comes from an answer before. */
export interface More {
  readonly cursor?: string;
  readonly version?: string;
}

/** What a later call of the same journey needs of an answer: the version to change, the ring to move away from. */
export function learnFrom(
  { version, ring }: Readonly<Record<string, unknown>>,
  filler: Filler,
): { more: More; filler: Filler } {
  return {
    more: version === undefined ? {} : { version: String(version) },
    filler: ring === undefined ? filler : filler.with({ presentRing: String(ring) }),
  };
}

/** Whether a journey asks something that depends on what it was answered before. */
export function dependsOnAnswers(steps: readonly (readonly Call[])[]): boolean {
  return steps.flat().some(({ ifMatch, body }) => ifMatch || JSON.stringify(body ?? null).includes('{ring}'));
}

/** The path of a call with everything filled in. */
export function addressOf({ path, query = {} }: Call, filler: Filler, { cursor }: More = {}): string {
  const filled = path.replace(/\{\w+\}/g, (name) => encodeURIComponent(filler.text(name)));
  const given = Object.entries({ ...query, ...(cursor === undefined ? {} : { cursor }) });
  const search = given.map(([name, text]) => `${name}=${encodeURIComponent(filler.text(text))}`);
  return `/api/v1${filled}${search.length > 0 ? `?${search.join('&')}` : ''}`;
}

/** The headers that a call itself asks for. */
export function headersOf(call: Call, filler: Filler, { version = '' }: More = {}): Record<string, string> {
  return {
    accept: call.accept ?? 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(call.once ? { 'idempotency-key': filler.text('load-{unique}') } : {}),
    ...(call.ifMatch ? { 'if-match': version } : {}),
  };
}
