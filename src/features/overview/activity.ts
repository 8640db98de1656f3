import type { ActivityFilter, ActivityKey, ActivityRow, ReadActivity } from '#platform/context/activity.ts';
import { decodeCursor, encodeCursor } from '#platform/http/index.ts';
import { isId } from '#platform/ids/index.ts';
import type { ActivityEntry, ActivityQuery } from './activity-schema.ts';

const EXPORT_BATCH = 500;
const INSTANT = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function toFilter({ from, to, ...rest }: ActivityQuery): ActivityFilter {
  return {
    ...rest,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}

/** A page of the log, newest first. */
export async function listActivityPage(
  read: ReadActivity,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: ActivityEntry[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, isActivityKey);
  const rows = await read({ after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toEntry),
    nextCursor: rows.length > limit && last ? encodeCursor(keyOf(last)) : null,
  };
}

/** The whole log as JSON lines, newest first, read in batches while it is sent. */
export async function* exportActivity(read: ReadActivity): AsyncGenerator<string> {
  for (let after: ActivityKey | undefined; ; ) {
    const rows = await read({ after, limit: EXPORT_BATCH });
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(toEntry(row))}\n`).join('');
    const last = rows.at(-1);
    if (rows.length < EXPORT_BATCH || !last) return;
    after = keyOf(last);
  }
}

function isActivityKey(value: unknown): value is ActivityKey {
  const { at, id } = (value ?? {}) as Partial<Record<keyof ActivityKey, unknown>>;
  return (
    typeof at === 'string' &&
    INSTANT.test(at) &&
    !Number.isNaN(Date.parse(at)) &&
    typeof id === 'string' &&
    isId(id)
  );
}

const keyOf = (row: ActivityRow): ActivityKey => ({ at: row.at.toISOString(), id: row.id });

function toEntry(row: ActivityRow): ActivityEntry {
  const { id, action, subjectKind, subjectId, before, after } = row;
  return {
    id,
    at: row.at.toISOString(),
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName, address: row.actorAddress },
    action,
    subjectKind,
    subjectId,
    before,
    after,
  };
}
