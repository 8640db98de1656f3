import { addActivity, type Context, recordActivity, type Tx } from '#platform/context/index.ts';
import { sqlState } from '#platform/database/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import type { JsonText } from '#platform/http/index.ts';
import { isId, newId } from '#platform/ids/index.ts';
import type { Usage } from './choose-blips.ts';
import { isComparableStandard } from './compare-versions.ts';
import { readLastTechnology } from './cursors.ts';
import type { Kind, Ring } from './rings.ts';
import type { CreateTechnology, Technology, UpdateTechnology } from './schema.ts';
import { quadrantOfKind, readSettings, recallSettings } from './settings.ts';
import { selectTechnology, updateTechnologyRow } from './store.ts';
import { DETECTED_FIELDS, type DetectedField, type TechnologyRow } from './tables.ts';
import { addTechnology, type FoundTechnology, readTechnologies, readTechnology } from './technology-store.ts';
import { readUsage } from './usage.ts';

const UNIQUE_VIOLATION = '23505';
const SETTINGS_CHANGED = '40001';

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
): Promise<JsonText<Page<Technology>>> {
  const { ring, quadrant, kind, q, used, archived = false, limit } = input;
  const after = readLastTechnology(input.cursor);
  const filter = { ring, quadrant, kind, q, used, archived };
  const [page] = await context.read(readTechnologies(filter, { after, limit }));
  const cursor = page.nextCursor === null ? 'null' : `"${page.nextCursor}"`;
  return `{"items":${page.items},"nextCursor":${cursor},"total":${page.total}}`;
}

/** One technology by its id or slug. */
export async function getTechnology(context: Context, idOrSlug: string): Promise<FoundTechnology> {
  const bySlug = readTechnology({ slug: idOrSlug.toLowerCase() });
  const found = isId(idOrSlug)
    ? await context.read(readTechnology({ id: idOrSlug }), bySlug)
    : await context.read(bySlug);
  const technology = found.find((each) => each !== undefined);
  if (!technology) throw notFound('technology', idOrSlug);
  return technology;
}

/** Notes a technology that code doesn't show yet, or never will; a person's words, so no scan touches them. */
export async function createTechnology(context: Context, input: CreateTechnology): Promise<FoundTechnology> {
  const slug = input.slug ?? slugOf(input.name);
  checkStandard(input.standardVersion);
  try {
    return await addChecked(context, { ...input, slug }, { anew: false }).catch((error: unknown) => {
      if (!isStale(error)) throw error;
      return addChecked(context, { ...input, slug }, { anew: true });
    });
  } catch (error) {
    throw sqlState(error) === UNIQUE_VIOLATION ? slugTaken(slug) : error;
  }
}

/** Whether it failed because of settings that are not the present ones, or may have. */
function isStale(error: unknown): boolean {
  return sqlState(error) === SETTINGS_CHANGED || (error as { code?: unknown }).code === 'quadrant-unknown';
}

/** Adds a technology by the settings as they are known, in one message, provided that they are the present ones. */
async function addChecked(
  context: Context,
  input: CreateTechnology & { slug: string },
  known: { anew: boolean },
): Promise<FoundTechnology> {
  const { quadrants, version } = await recallSettings(context, known);
  const { slug, kind = 'tool' } = input;
  const quadrant = input.quadrant ?? quadrantOfKind(quadrants, kind);
  checkQuadrant(quadrant, quadrants);
  const name = input.name.trim();
  const edited = DETECTED_FIELDS.filter((field) => input[field] !== undefined);
  const id = newId();
  const at = context.platform.clock.now();
  const [made] = await context.change(
    addTechnology({ ...input, id, name, kind, quadrant, edited, at }, version),
    addActivity(context, {
      action: 'radar.create',
      subjectKind: 'technology',
      subjectId: id,
      after: { slug, name, kind, quadrant },
    }),
  );
  if (!made) throw notFound('technology', id);
  return made;
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

export async function withUsage(context: Context, row: TechnologyRow): Promise<Technology> {
  return toTechnology(row, await readUsage(context, row.slug));
}

function toTechnology(row: TechnologyRow, usage: Usage): Technology {
  const { edited: _, used: __, ...fields } = row;
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
