import { type Context, recordActivity, type Tx } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { encodeCursor } from '#platform/http/index.ts';
import { isId, newId } from '#platform/ids/index.ts';
import type { Usage } from './choose-blips.ts';
import { isComparableStandard } from './compare-versions.ts';
import { readLastTechnology } from './cursors.ts';
import type { Kind, Ring } from './rings.ts';
import type { CreateTechnology, Technology, UpdateTechnology } from './schema.ts';
import { quadrantOfKind, readSettings } from './settings.ts';
import {
  countTechnologies,
  insertTechnology,
  selectAllTechnologies,
  selectTechnologies,
  selectTechnology,
  type TechnologyFilter,
  updateTechnologyRow,
} from './store.ts';
import { DETECTED_FIELDS, type DetectedField, type TechnologyRow } from './tables.ts';
import { NO_USAGE, readUsage } from './usage.ts';

export interface ListTechnologiesInput {
  ring?: Ring | 'unreviewed';
  quadrant?: string;
  kind?: Kind;
  q?: string;
  used?: boolean;
  archived?: boolean;
  limit: number;
  cursor?: string;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}

/** Technologies by name. */
export async function listTechnologies(
  context: Context,
  input: ListTechnologiesInput,
): Promise<Page<Technology>> {
  const usage = await readUsage(context);
  const { ring, quadrant, kind, q, archived = false } = input;
  const slugs = [...usage.keys()];
  const filter: TechnologyFilter = { ring, quadrant, kind, q, archived };
  if (input.used !== undefined) filter.slugs = input.used ? { in: slugs } : { notIn: slugs };
  const after = readLastTechnology(input.cursor);
  const { rows, total } = await context.transaction(async (tx) => ({
    rows: await selectTechnologies(tx, filter, { after, limit: input.limit + 1 }),
    total: await countTechnologies(tx, filter),
  }));
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ row }) => toTechnology(row, usage.get(row.slug))),
    nextCursor:
      rows.length > input.limit && last ? encodeCursor({ name: last.sortName, id: last.row.id }) : null,
    total,
  };
}

/** One technology by its id or slug. */
export async function getTechnology(context: Context, idOrSlug: string): Promise<Technology> {
  return withUsage(context, await context.transaction((tx) => findTechnology(tx, idOrSlug)));
}

/** Notes a technology that code doesn't show yet, or never will; a person's words, so no scan touches them. */
export async function createTechnology(context: Context, input: CreateTechnology): Promise<Technology> {
  const slug = input.slug ?? slugOf(input.name);
  const kind = input.kind ?? 'tool';
  checkStandard(input.standardVersion);
  const row = await context.transaction(async (tx) => {
    const { quadrants } = await readSettings(tx);
    const quadrant = input.quadrant ?? quadrantOfKind(quadrants, kind);
    checkQuadrant(quadrant, quadrants);
    const now = context.platform.clock.now();
    const { name, ...rest } = input;
    const inserted = await insertTechnology(tx, {
      ...rest,
      id: newId(),
      name: name.trim(),
      slug,
      kind,
      quadrant,
      edited: DETECTED_FIELDS.filter((field) => input[field] !== undefined),
      createdAt: now,
      updatedAt: now,
    });
    if (!inserted) throw slugTaken(slug);
    await recordActivity(tx, context, {
      action: 'radar.create',
      subjectKind: 'technology',
      subjectId: inserted.id,
      after: { slug, name: inserted.name, kind, quadrant },
    });
    return inserted;
  });
  return withUsage(context, row);
}

/** Changes fields of a technology if it still has the version that the change starts from. */
export async function updateTechnology(
  context: Context,
  idOrSlug: string,
  version: number | 'any',
  input: UpdateTechnology,
): Promise<Technology> {
  checkStandard(input.standardVersion);
  const row = await context.transaction(async (tx) => {
    const before = await findTechnology(tx, idOrSlug, { lock: true });
    checkVersion(before, version);
    if (input.quadrant !== undefined) checkQuadrant(input.quadrant, (await readSettings(tx)).quadrants);
    const { archived, ...fields } = input;
    const changes: Partial<TechnologyRow> = {};
    for (const [key, value] of Object.entries(fields)) {
      const current = before[key as keyof typeof fields];
      if (JSON.stringify(current) !== JSON.stringify(value)) Object.assign(changes, { [key]: value });
    }
    if (archived === false && before.archivedAt !== null) changes.archivedAt = null;
    const edited = mergeEdited(before.edited, fields);
    if (Object.keys(changes).length === 0 && edited.length === before.edited.length) return before;
    const after = await updateTechnologyRow(tx, before.id, {
      ...changes,
      edited,
      updatedAt: context.platform.clock.now(),
    });
    await recordActivity(tx, context, {
      action: 'radar.update',
      subjectKind: 'technology',
      subjectId: before.id,
      before: Object.fromEntries(
        Object.keys(changes).map((key) => [key, before[key as keyof TechnologyRow]]),
      ),
      after: changes,
    });
    return after;
  });
  return withUsage(context, row);
}

/** Takes a technology off the radar and out of drift. Its moves and evidence stay, and it can come back. */
export async function archiveTechnology(context: Context, idOrSlug: string): Promise<Technology> {
  const row = await context.transaction(async (tx) => {
    const before = await findTechnology(tx, idOrSlug, { lock: true });
    if (before.archivedAt !== null) return before;
    const now = context.platform.clock.now();
    const after = await updateTechnologyRow(tx, before.id, { archivedAt: now, updatedAt: now });
    await recordActivity(tx, context, {
      action: 'radar.archive',
      subjectKind: 'technology',
      subjectId: before.id,
    });
    return after;
  });
  return withUsage(context, row);
}

/** Throws 404 if there is none by this id or slug. */
export async function findTechnology(
  tx: Tx,
  idOrSlug: string,
  options: { lock?: boolean } = {},
): Promise<TechnologyRow> {
  if (isId(idOrSlug)) {
    const byId = await selectTechnology(tx, { id: idOrSlug }, options);
    if (byId) return byId;
  }
  const row = await selectTechnology(tx, { slug: idOrSlug.toLowerCase() }, options);
  if (!row) throw notFound('technology', idOrSlug);
  return row;
}

/** How many technologies stand in each ring; the unreviewed ones that code uses under `unreviewed`. */
export async function countByRing(context: Context): Promise<Record<Ring | 'unreviewed', number>> {
  const used = new Set((await readUsage(context)).keys());
  const rows = await context.transaction(selectAllTechnologies);
  const counts = { adopt: 0, trial: 0, assess: 0, hold: 0, unreviewed: 0 };
  for (const row of rows) {
    if (row.ring !== null || used.has(row.slug)) counts[row.ring ?? 'unreviewed'] += 1;
  }
  return counts;
}

export async function withUsage(context: Context, row: TechnologyRow): Promise<Technology> {
  const usage = await readUsage(context, row.slug);
  return toTechnology(row, usage.get(row.slug));
}

function toTechnology(row: TechnologyRow, usage: Usage = NO_USAGE): Technology {
  const { edited: _, ...fields } = row;
  return {
    ...fields,
    usage,
    archivedAt: row.archivedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\+/g, 'p')
    .replace(/#/g, 'sharp')
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 200);
  if (slug !== '') return slug;
  throw appError('slug-needed', 422, `No slug can be made from the name ${name}.`, {
    remedy: 'Give a slug of lower-case letters and digits.',
  });
}

function slugTaken(slug: string) {
  return appError('technology-exists', 409, `There is already a technology ${slug}.`, {
    remedy: 'Change that one, or give another slug. An archived one can be brought back.',
  });
}

function checkStandard(standard: string | null | undefined): void {
  if (standard === null || standard === undefined || isComparableStandard(standard)) return;
  throw appError('standard-invalid', 422, `"${standard}" is not a version that code can be compared with.`, {
    remedy: 'Give a version or a range with a lowest version, such as 20, ^18, >=3.12 or 16-alpine.',
  });
}

function checkQuadrant(quadrant: string, quadrants: readonly { id: string }[]): void {
  if (quadrants.some((candidate) => candidate.id === quadrant)) return;
  throw appError('quadrant-unknown', 422, `The radar has no quadrant ${quadrant}.`, {
    remedy: `Choose one of ${quadrants.map((candidate) => candidate.id).join(', ')}.`,
  });
}

function checkVersion(row: TechnologyRow, version: number | 'any'): void {
  if (version === 'any' || version === row.version) return;
  throw appError(
    'technology-changed',
    412,
    `${row.name} was changed meanwhile: it has version ${row.version}, not ${version}.`,
    {
      remedy: 'Read it again and repeat the change on what it is now.',
      details: { version: row.version },
    },
  );
}

function mergeEdited(edited: DetectedField[], fields: UpdateTechnology): DetectedField[] {
  return DETECTED_FIELDS.filter((field) => edited.includes(field) || fields[field] !== undefined);
}
