import { readFileSync } from 'node:fs';

/** A vulnerability that somebody has looked at and lets pass until a day. */
export interface Waiver {
  id: string;
  package: string;
  reason: string;
  /** The last day on which it counts: 2027-01-31. */
  expires: string;
}

const LONGEST_DAYS = 180;

/** Reads the waivers and refuses those without a reason, without an end, or that last too long. */
export function readWaivers(path: string, today = new Date().toISOString().slice(0, 10)): Waiver[] {
  const waivers = JSON.parse(readFileSync(path, 'utf8')) as Waiver[];
  const latest = new Date(Date.parse(today) + LONGEST_DAYS * 86_400_000).toISOString().slice(0, 10);
  for (const waiver of waivers) {
    const { id, reason, expires } = waiver;
    const refuse = (why: string): never => {
      throw new Error(`${path}: the waiver of ${id ?? 'no id'} ${why}.`);
    };
    if (!id || !waiver.package) refuse('must name an advisory (id) and a package');
    if (typeof reason !== 'string' || reason.trim().length < 20)
      refuse('must say why in a sentence (reason)');
    if (!/^\d{4}-\d\d-\d\d$/.test(expires) || Number.isNaN(Date.parse(expires))) {
      refuse('must end on a day such as 2027-01-31 (expires)');
    }
    if (expires > latest) refuse(`may end on ${latest} at the latest: look at it again then`);
  }
  return waivers;
}

/** Whether a waiver still counts today. */
export function isValid(waiver: Waiver, today = new Date().toISOString().slice(0, 10)): boolean {
  return waiver.expires >= today;
}

/** The valid waivers as configuration of Grype, which knows no expiry of its own. JSON is YAML as well. */
export function grypeConfiguration(waivers: Waiver[], today?: string): string {
  const ignore = waivers
    .filter((waiver) => isValid(waiver, today))
    .map(({ id, package: name, reason }) => ({ vulnerability: id, package: { name }, reason }));
  return `${JSON.stringify({ ignore }, null, 2)}\n`;
}

if (import.meta.main) process.stdout.write(grypeConfiguration(readWaivers('security/waivers.json')));
