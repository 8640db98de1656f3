/** A WAL file that is kept somewhere. */
export interface Segment {
  /** 24 hexadecimal digits: timeline and place. */
  name: string;
  /** When it was written there. */
  at: Date;
}

/** Of 16 MB, which is what PostgreSQL makes unless initdb was told otherwise. */
const SEGMENTS_PER_LOG = 256;
const NAME = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(?=$|[-.])/;

export function timelineOf(name: string): number {
  return Number.parseInt(name.slice(0, 8), 16);
}

/** Its place in the WAL, the same on each timeline. */
export function placeOf(name: string): number {
  const log = Number.parseInt(name.slice(8, 16), 16);
  return log * SEGMENTS_PER_LOG + Number.parseInt(name.slice(16, 24), 16);
}

function nameOf(timeline: number, place: number): string {
  const parts = [timeline, Math.floor(place / SEGMENTS_PER_LOG), place % SEGMENTS_PER_LOG];
  return parts.map((part) => part.toString(16).toUpperCase().padStart(8, '0')).join('');
}

/** The segments in what `repo-ls --recurse --output=json` says; histories and labels are left out. */
export function readArchived(json: string): Segment[] {
  const listed = JSON.parse(json) as Record<string, { type: string; time?: number }>;
  return Object.entries(listed).flatMap(([path, { type, time = 0 }]) => {
    const name = NAME.exec(path.split('/').at(-1) ?? '')?.[0];
    const label = /\.(backup|partial)/.test(path);
    // Whole seconds are given: what was written in a second is there when it is over.
    return type === 'file' && name && !label ? [{ name, at: new Date((time + 1) * 1000) }] : [];
  });
}

/** The segments in lines of `NAME SECONDS`; one that is being written (`.partial`) counts. */
export function readStreamed(lines: string): Segment[] {
  return lines.split('\n').flatMap((line) => {
    const [file = '', seconds] = line.split(' ');
    const name = NAME.exec(file)?.[0];
    return name && !file.endsWith('.backup') ? [{ name, at: new Date(Number(seconds) * 1000) }] : [];
  });
}

/** A way through the WAL: what is used, and what would be needed and is nowhere. */
export interface Way {
  used: Segment[];
  missing: string[];
}

/**
 * The WAL from a backup's first segment up to the first that was written at `until` or later, on `timeline` and those
 * that it comes from.
 */
export function wayThrough(segments: Segment[], first: string, timeline: number, until?: Date): Way {
  const best = new Map<number, Segment>();
  for (const segment of segments) {
    const place = placeOf(segment.name);
    if (timelineOf(segment.name) > timeline || place < placeOf(first)) continue;
    const known = best.get(place);
    if (!known || timelineOf(known.name) < timelineOf(segment.name)) best.set(place, segment);
  }
  const way: Way = { used: [], missing: [] };
  const last = Math.max(placeOf(first), ...best.keys());
  for (let place = placeOf(first); place <= last; place += 1) {
    const segment = best.get(place);
    if (segment) way.used.push(segment);
    else way.missing.push(nameOf(timeline, place));
    if (until && segment && segment.at >= until) break;
  }
  return way;
}
