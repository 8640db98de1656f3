const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** "3 d", "5 h", "12 min", "40 s": as short as a column wants it. */
export function shortDuration(seconds: number): string {
  for (const [unit, size] of UNITS) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.max(0, Math.round(seconds))} s`;
}

/** The same since a moment. */
export function ago(at: string | null, now = Date.now()): string {
  return at === null ? 'never' : shortDuration((now - Date.parse(at)) / 1000);
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;
export const milliseconds = (ms: number | null): string =>
  ms === null ? '-' : ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
export const percent = (share: number | null): string =>
  share === null ? '-' : `${(share * 100).toFixed(2).replace(/\.?0+$/, '')} %`;
