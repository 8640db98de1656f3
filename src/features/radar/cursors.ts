import { decodeCursor } from '#platform/http/index.ts';
import { isId } from '#platform/ids/index.ts';
import type { TechnologyKey } from './technology-store.ts';

/** How many rows the pages before have had. */
export function readOffset(cursor: string | undefined): number {
  return cursor === undefined ? 0 : decodeCursor(cursor, isOffset);
}

/** The sort key of the last technology of the page before. */
export function readLastTechnology(cursor: string | undefined): TechnologyKey | undefined {
  if (cursor === undefined) return undefined;
  const { name, id } = decodeCursor(cursor, isTechnologyKey);
  return { name, id };
}

/** No list is as long as what an offset in SQL could hold. */
const MAX_OFFSET = 2 ** 31;

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_OFFSET;
}

function isTechnologyKey(value: unknown): value is TechnologyKey {
  const { name, id } = (value ?? {}) as Partial<Record<keyof TechnologyKey, unknown>>;
  return typeof name === 'string' && !name.includes('\0') && typeof id === 'string' && isId(id);
}
