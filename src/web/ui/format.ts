const numbers = new Intl.NumberFormat('en');
const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const moments = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export const formatNumber = (value: number): string => numbers.format(value);
export const formatDate = (iso: string): string => days.format(new Date(iso));
export const formatMoment = (iso: string): string => moments.format(new Date(iso));

/** "3 days ago". */
export function formatAgo(iso: string, now: number = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? relative.format(Math.round(seconds / unit[1]), unit[0]) : 'just now';
}

/** "1 repository", "3 repositories". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${formatNumber(amount)} ${amount === 1 ? one : many}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length);
  return `${(bytes / 1024 ** power).toFixed(bytes / 1024 ** power < 10 ? 1 : 0)} ${units[power - 1]}`;
}

/** "0.4 s", "12 s", "3 min 20 s", "30 min", "5 h 2 min", "3 d 4 h". */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${whole} s`;
  if (hours === 0) return pair(`${minutes} min`, whole % 60, 's');
  if (hours < 24) return pair(`${hours} h`, minutes % 60, 'min');
  return pair(`${Math.floor(hours / 24)} d`, hours % 24, 'h');
}

const pair = (first: string, rest: number, unit: string): string =>
  rest === 0 ? first : `${first} ${rest} ${unit}`;

export const shortCommit = (commit: string): string => commit.slice(0, 8);

/** "99.95 %", "98.7 %", "100 %": what is not all of it is never rounded to all. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent >= 99) return `${Math.floor(percent * 100) / 100} %`;
  return `${Number(percent.toFixed(1))} %`;
}
