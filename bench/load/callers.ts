import { type Journey, TEAM } from './scenario.ts';

/** What the people and the pipelines of one run prove themselves with. It is worth nothing elsewhere. */
export interface Team {
  readonly password: string;
  /** Of person 1 and so on. */
  readonly sessions: readonly string[];
  readonly tokens: readonly string[];
  /** A job that never ends, for the pages that follow one. */
  readonly job: string;
}

/** Who sends a call, as headers, and what is known of them. */
export interface Caller {
  readonly headers: Readonly<Record<string, string>>;
  readonly own: Readonly<Record<string, string>>;
}

const COOKIE = 'commandcenter_session';

/** The number of the person or pipeline that takes a journey, from 1. Owners come first, then editors. */
export function pickCaller({ who }: Pick<Journey, 'who'>, random: () => number): number {
  const most =
    who === 'pipeline' ? TEAM.pipelines : who === 'editor' ? TEAM.owners + TEAM.editors : TEAM.people;
  return 1 + Math.floor(random() * most);
}

/**
 * Each has an address of their own, as people have: from RFC 2544, which nobody has. Only a proxy that trusts this
 * machine believes it.
 */
export function callerOf(team: Team, who: Journey['who'], number: number): Caller {
  const program = who === 'pipeline';
  const address = `198.${program ? 19 : 18}.${number >> 8}.${number & 255}`;
  const headers: Record<string, string> = { 'x-forwarded-for': address, 'accept-encoding': 'gzip, br' };
  if (program) headers['authorization'] = `Bearer ${team.tokens[number - 1]}`;
  else if (who !== 'visitor') headers['cookie'] = `${COOKIE}=${team.sessions[number - 1]}`;
  return { headers, own: { email: `person-${number}@example.com`, password: team.password } };
}
