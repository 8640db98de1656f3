import { appError } from '#platform/errors/index.ts';
import { decodeCursor } from '#platform/http/index.ts';
import { isId } from '#platform/ids/index.ts';
import type { TechnologyKey } from './technology-store.ts';

/** How many rows the pages before have had. */
export function readOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const value = decodeCursor<unknown>(cursor);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrongList();
}

/** The id of the last row of the page before. */
export function readLastId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const value = decodeCursor<unknown>(cursor);
  if (typeof value === 'string' && isId(value)) return value;
  throw wrongList();
}

/** The sort key of the last technology of the page before. */
export function readLastTechnology(cursor: string | undefined): TechnologyKey | undefined {
  if (cursor === undefined) return undefined;
  const value = decodeCursor<Partial<TechnologyKey> | null>(cursor);
  const { name, id } = value ?? {};
  if (typeof name === 'string' && typeof id === 'string' && isId(id)) return { name, id };
  throw wrongList();
}

function wrongList() {
  return appError('cursor-invalid', 400, 'The cursor is not one that this list has given.', {
    remedy: 'Start again without a cursor.',
  });
}
