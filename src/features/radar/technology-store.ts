import type { Reading } from '#platform/context/index.ts';
import { encodeCursor, isoTime, type JsonText } from '#platform/http/index.ts';
import type { Kind, Ring } from './rings.ts';
import type { CreateTechnology, Technology } from './schema.ts';
import type { DetectedField, Quadrant } from './tables.ts';

// What is asked most: its rows become JSON here, without an object in between.

type Row = readonly (string | null)[];

export interface TechnologyFilter {
  ring?: Ring | 'unreviewed' | undefined;
  quadrant?: string | undefined;
  kind?: Kind | undefined;
  q?: string | undefined;
  used?: boolean | undefined;
  archived: boolean;
}

/** The sort key of a row of the list. */
export interface TechnologyKey {
  name: string;
  id: string;
}

const COLUMNS = `t.id, t.slug, t.name, t.kind, t.quadrant, t.ring, t.description, t.owner, array_to_json(t.tags), t.homepage,
  t.links, t.standard_version, t.review_date, t.catalogued, t.version, t.archived_at, t.created_at, t.updated_at,
  u.repositories, u.detections, array_to_json(u.versions), u.confidence, u.runtime`;
const WITH_USAGE =
  'left join technology_usage u on u.project_id = t.project_id and u.technology_slug = t.slug';
const NO_USAGE = '{"repositories":0,"detections":0,"versions":[],"confidence":0,"runtime":false}';

const quote = (text: string | null | undefined): string =>
  text === null || text === undefined ? 'null' : JSON.stringify(text);
const time = (text: string | null | undefined): string => (text ? `"${isoTime(text)}"` : 'null');
const flag = (text: string | null | undefined): string => (text === 't' ? 'true' : 'false');

/** The row of COLUMNS that begins at `at`, as the API writes it. */
function toJson(row: Row, at = 0): string {
  const usage =
    row[at + 18] === null
      ? NO_USAGE
      : `{"repositories":${row[at + 18]},"detections":${row[at + 19]},"versions":${row[at + 20]},"confidence":${row[at + 21]},"runtime":${flag(row[at + 22])}}`;
  const judged = `"ring":${quote(row[at + 5])},"description":${quote(row[at + 6])},"owner":${quote(row[at + 7])},"tags":${row[at + 8]},"homepage":${quote(row[at + 9])},"links":${row[at + 10]},"standardVersion":${quote(row[at + 11])},"reviewDate":${quote(row[at + 12])}`;
  const dated = `"version":${row[at + 14]},"archivedAt":${time(row[at + 15])},"createdAt":${time(row[at + 16])},"updatedAt":${time(row[at + 17])}`;
  return `{"id":"${row[at]}","slug":${quote(row[at + 1])},"name":${quote(row[at + 2])},"kind":${quote(row[at + 3])},"quadrant":${quote(row[at + 4])},${judged},"catalogued":${flag(row[at + 13])},"usage":${usage},${dated}}`;
}

export interface ListedPage {
  items: JsonText<Technology[]>;
  nextCursor: string | null;
  total: number;
}

/**
 * A page by name, and how many match in all. Which rows they are is found in an index alone. The text depends
 * on which filters there are, never on their values.
 */
export function readTechnologies(
  filter: TechnologyFilter,
  page: { after?: TechnologyKey | undefined; limit: number },
): Reading<ListedPage> {
  const { values, where, shape } = toConditions(filter);
  const add = (value: string): string => `$${values.push(value)}`;
  const { after, limit } = page;
  const beyond = after ? ` and (lower(name), id) > (${add(after.name)}, ${add(after.id)}::uuid)` : '';
  const size = add(String(limit + 1));
  const text = `select c.total, lower(t.name), ${COLUMNS}
    from (select count(*) as total from technologies where ${where}) c
    left join (select id from technologies where ${where}${beyond} order by lower(name), id limit ${size}::int) p on true
    left join technologies t on t.id = p.id ${WITH_USAGE}
    order by lower(t.name), t.id`;
  return {
    name: `technologies ${shape}${after ? ' after' : ''}`,
    text,
    values,
    take: (rows) => toPage(rows, limit),
  };
}

function toPage(rows: readonly Row[], limit: number): ListedPage {
  const total = Number(rows[0]?.[0] ?? 0);
  const found = rows[0]?.[2] == null ? 0 : rows.length;
  const shown = Math.min(found, limit);
  let items = '';
  for (let at = 0; at < shown; at++) items += (at === 0 ? '' : ',') + toJson(rows[at] as Row, 2);
  const last = rows[shown - 1];
  const nextCursor = found > limit && last ? encodeCursor({ name: last[1], id: last[2] }) : null;
  return { items: `[${items}]`, nextCursor, total };
}

function toConditions(filter: TechnologyFilter): { values: string[]; where: string; shape: string } {
  const values: string[] = [];
  const parts = [filter.archived ? 'archived_at is not null' : 'archived_at is null'];
  const shape = [filter.archived ? 'archived' : 'present'];
  const add = (condition: (value: string) => string, name: string, value: string): void => {
    parts.push(condition(`$${values.push(value)}`));
    shape.push(name);
  };
  if (filter.ring === 'unreviewed') {
    parts.push('ring is null');
    shape.push('unreviewed');
  } else if (filter.ring !== undefined) add((value) => `ring = ${value}`, 'ring', filter.ring);
  if (filter.kind !== undefined) add((value) => `kind = ${value}`, 'kind', filter.kind);
  if (filter.quadrant !== undefined) add((value) => `quadrant = ${value}`, 'quadrant', filter.quadrant);
  if (filter.used !== undefined) {
    parts.push(filter.used ? 'used' : 'not used');
    shape.push(filter.used ? 'used' : 'unused');
  }
  if (filter.q !== undefined) add(matches, 'q', `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`);
  return { values, where: parts.join(' and '), shape: shape.join(' ') };
}

/** The candidates come from an index over name, slug and tags together; what is asked for may not span two. */
function matches(pattern: string): string {
  return `id = any(array(select find_technologies(${pattern}))) and (name ilike ${pattern} or slug ilike ${pattern}
    or exists (select from unnest(tags) as tag where tag ilike ${pattern}))`;
}

export interface FoundTechnology {
  json: JsonText<Technology>;
  version: number;
}

/** One technology as the API writes it; undefined if there is none. */
export function readTechnology(by: { id: string } | { slug: string }): Reading<FoundTechnology | undefined> {
  const column = 'id' in by ? 'id' : 'slug';
  return {
    name: `technology by ${column}`,
    text: `select ${COLUMNS} from technologies t ${WITH_USAGE} where t.${column} = $1`,
    values: ['id' in by ? by.id : by.slug],
    take: takeFound,
  };
}

function takeFound([row]: readonly Row[]): FoundTechnology | undefined {
  return row && { json: toJson(row), version: Number(row[14]) };
}

export interface NewTechnology extends CreateTechnology {
  id: string;
  slug: string;
  kind: Kind;
  quadrant: string;
  edited: DetectedField[];
  at: Date;
}

/**
 * Adds a technology, provided that the radar's settings still have this version: if not, it fails as a
 * conflict (40001). A slug that is taken is a unique violation (23505).
 */
export function addTechnology(
  made: NewTechnology,
  settingsVersion: number,
): Reading<FoundTechnology | undefined> {
  const at = made.at.toISOString();
  return {
    name: 'add technology',
    // The function, which raises the conflict, is costly to call where there is none.
    text: `with t as (
        insert into technologies (id, slug, name, kind, quadrant, description, owner, tags, homepage, links,
          standard_version, review_date, edited, created_at, updated_at)
        select $1::uuid, $2, $3, $4, $5, $6, $7, $8::text[], $9, $10::jsonb, $11, $12::date,
          $13::text[], $14::timestamptz, $14::timestamptz
        where coalesce((select version from radar_settings), 0) = $15::int or require_radar_settings($15::int) is null
        returning *
      )
      select ${COLUMNS} from t ${WITH_USAGE}`,
    values: [
      made.id,
      made.slug,
      made.name,
      made.kind,
      made.quadrant,
      made.description ?? '',
      made.owner ?? null,
      arrayLiteral(made.tags ?? []),
      made.homepage ?? null,
      JSON.stringify(made.links ?? []),
      made.standardVersion ?? null,
      made.reviewDate ?? null,
      arrayLiteral(made.edited),
      at,
      String(settingsVersion),
    ],
    take: takeFound,
  };
}

/** A text array as PostgreSQL reads it (its documentation, 8.15.2). */
function arrayLiteral(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** How many technologies stand where, and what of them asks for attention. */
export interface RadarFigures {
  /** The judged ones. */
  rings: { ring: Ring; used: boolean; count: number }[];
  /** Used and not judged. */
  unreviewed: number;
  /** Adopted, not used, and of a kind that can be seen in code. */
  adoptedUnused: number;
  overdue: number;
}

export function readFigures(today: string): Reading<RadarFigures> {
  return {
    // The day in a query of its own: a plan that is made once serves every day.
    name: 'radar figures',
    text: `select ring, used, count(*) from technologies where archived_at is null and ring is not null group by 1, 2
      union all select 'unreviewed', null, count(*) from technologies where archived_at is null and ring is null and used
      union all select 'adopted-unused', null, count(*) from technologies
        where archived_at is null and ring = 'adopt' and not used and kind <> 'technique'
      union all select 'overdue', null, count(*) from technologies where archived_at is null and review_date < (select $1::date)`,
    values: [today],
    take(rows) {
      const single = (name: string): number => Number(rows.find((row) => row[0] === name)?.[2] ?? 0);
      const rings = rows
        .filter((row) => row[1] !== null)
        .map(([ring, used, count]) => ({ ring: ring as Ring, used: used === 't', count: Number(count) }));
      return {
        rings,
        unreviewed: single('unreviewed'),
        adoptedUnused: single('adopted-unused'),
        overdue: single('overdue'),
      };
    },
  };
}

/** A technology with a standard, and the different versions of it in use. */
export interface StandardUse {
  standardVersion: string;
  kind: Kind;
  catalogued: boolean;
  /** JSON: [ecosystem, declared, locked], each different one once. */
  uses: string;
}

export function readStandardUses(): Reading<StandardUse[]> {
  return {
    name: 'standards in use',
    text: `select t.standard_version, t.kind, t.catalogued, u.compared
      from technologies t
      cross join lateral (select compared from technology_usage
        where project_id = t.project_id and technology_slug = t.slug limit 1) u
      where t.archived_at is null and t.standard_version is not null`,
    values: [],
    take: (rows) =>
      rows.map(([standardVersion, kind, catalogued, uses]) => ({
        standardVersion: standardVersion ?? '',
        kind: kind as Kind,
        catalogued: catalogued === 't',
        uses: uses ?? '[]',
      })),
  };
}

export interface StoredSettings {
  quadrants: Quadrant[];
  version: number;
}

/** The radar's settings as they are stored; undefined if nobody has changed them. */
export function readStoredSettings(): Reading<StoredSettings | undefined> {
  return {
    name: 'radar settings',
    text: 'select quadrants, version from radar_settings',
    values: [],
    take: ([row]) => row && { quadrants: JSON.parse(row[0] ?? '[]') as Quadrant[], version: Number(row[1]) },
  };
}
