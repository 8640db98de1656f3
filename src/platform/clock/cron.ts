/** A cron expression of five fields, as sets of what they allow. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Where both fields for days are restricted, either is enough, as cron has it. */
  readonly eitherDay: boolean;
}

const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The rarest day that an expression can name, 29 February, comes within eight years. */
const FURTHEST_DAYS = 8 * 366;

/** Reads `minute hour day month weekday` with lists, ranges and steps; undefined for what is none. */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== RANGES.length) return undefined;
  const sets = fields.map((field, at) => parseField(field, RANGES[at] ?? [0, 0]));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const week = new Set([...weekdays].map((day) => day % 7));
  const eitherDay = fields[2] !== '*' && fields[4] !== '*';
  const cron = { minutes, hours, days, months, weekdays: week, eitherDay };
  // 30 February never comes.
  return occurrenceBefore(cron, new Date('2032-12-31T23:59:00Z')) && cron;
}

function parseField(field: string, [least, most]: readonly [number, number]): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!found) return undefined;
    const [, from, to, every] = found;
    const first = from === undefined ? least : Number(from);
    const open = from === undefined || (to === undefined && every !== undefined);
    const last = open ? most : Number(to ?? from);
    const step = Number(every ?? 1);
    if (first < least || last > most || first > last || step < 1) return undefined;
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return values;
}

/** The last time in UTC, not after `now`, that the expression names. */
export function occurrenceBefore(cron: Cron, now: Date): Date | undefined {
  const latest = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  const today = Math.floor(latest / DAY_MS) * DAY_MS;
  for (let back = 0; back < FURTHEST_DAYS; back++) {
    const day = today - back * DAY_MS;
    if (!fitsDay(cron, new Date(day))) continue;
    const end = Math.min(latest, day + DAY_MS - MINUTE_MS);
    for (let at = end; at >= day; at -= MINUTE_MS) {
      const moment = new Date(at);
      if (cron.hours.has(moment.getUTCHours()) && cron.minutes.has(moment.getUTCMinutes())) return moment;
    }
  }
  return undefined;
}

function fitsDay({ days, months, weekdays, eitherDay }: Cron, day: Date): boolean {
  if (!months.has(day.getUTCMonth() + 1)) return false;
  const inMonth = days.has(day.getUTCDate());
  const inWeek = weekdays.has(day.getUTCDay());
  return eitherDay ? inMonth || inWeek : inMonth && inWeek;
}
