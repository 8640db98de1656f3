import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, notInArray, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import type { Kind } from './rings.ts';
import {
  type MoveRow,
  moves,
  type Quadrant,
  radarSettings,
  type TechnologyRow,
  technologies,
} from './tables.ts';

const BATCH = 500;

/** Everything that isn't archived. */
export async function selectAllTechnologies(tx: Tx): Promise<TechnologyRow[]> {
  return tx
    .select()
    .from(technologies)
    .where(isNull(technologies.archivedAt))
    .orderBy(asc(technologies.slug));
}

export async function selectArchivedSlugs(tx: Tx): Promise<string[]> {
  const rows = await tx
    .select({ slug: technologies.slug })
    .from(technologies)
    .where(isNotNull(technologies.archivedAt));
  return rows.map((row) => row.slug);
}

/** Those, archived or not, whose quadrant is none of these. */
export async function selectOutsideQuadrants(
  tx: Tx,
  quadrants: string[],
): Promise<{ id: string; kind: Kind }[]> {
  return tx
    .select({ id: technologies.id, kind: technologies.kind })
    .from(technologies)
    .where(notInArray(technologies.quadrant, quadrants));
}

export async function selectTechnology(
  tx: Tx,
  by: { id: string } | { slug: string },
  options: { lock?: boolean } = {},
): Promise<TechnologyRow | undefined> {
  const query = tx
    .select()
    .from(technologies)
    .where('id' in by ? eq(technologies.id, by.id) : eq(technologies.slug, by.slug));
  const [row] = await (options.lock ? query.for('update') : query);
  return row;
}

export async function updateTechnologyRow(
  tx: Tx,
  id: string,
  values: Partial<typeof technologies.$inferInsert>,
): Promise<TechnologyRow> {
  const [row] = await tx
    .update(technologies)
    .set({ ...values, version: sql`${technologies.version} + 1` })
    .where(eq(technologies.id, id))
    .returning();
  if (!row) throw new Error(`Technology ${id} is gone.`);
  return row;
}

/** Adds what isn't there yet; returns how many that were. */
export async function insertNewTechnologies(
  tx: Tx,
  rows: (typeof technologies.$inferInsert)[],
): Promise<number> {
  let added = 0;
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH);
    const inserted = await tx
      .insert(technologies)
      .values(batch)
      .onConflictDoNothing()
      .returning({ id: technologies.id });
    added += inserted.length;
  }
  return added;
}

export async function moveToQuadrant(tx: Tx, ids: string[], quadrant: string, at: Date): Promise<void> {
  for (let start = 0; start < ids.length; start += BATCH) {
    await tx
      .update(technologies)
      .set({ quadrant, updatedAt: at, version: sql`${technologies.version} + 1` })
      .where(inArray(technologies.id, ids.slice(start, start + BATCH)));
  }
}

export async function insertMove(tx: Tx, row: typeof moves.$inferInsert): Promise<MoveRow> {
  const [inserted] = await tx.insert(moves).values(row).returning();
  if (!inserted) throw new Error('The move was not written.');
  return inserted;
}

/** Newest first. */
export async function selectMoves(
  tx: Tx,
  technologyId: string,
  page: { before?: string | undefined; limit?: number } = {},
): Promise<MoveRow[]> {
  const query = tx
    .select()
    .from(moves)
    .where(
      and(
        eq(moves.technologyId, technologyId),
        page.before === undefined ? undefined : lt(moves.id, page.before),
      ),
    )
    .orderBy(desc(moves.id));
  return page.limit === undefined ? query : query.limit(page.limit);
}

export async function countMoves(tx: Tx, technologyId: string): Promise<number> {
  return tx.$count(moves, eq(moves.technologyId, technologyId));
}

export async function selectSettings(tx: Tx): Promise<typeof radarSettings.$inferSelect | undefined> {
  const [row] = await tx.select().from(radarSettings);
  return row;
}

/** Writes the settings if they still have the version they were read with (0: none yet). */
export async function writeSettings(
  tx: Tx,
  quadrants: Quadrant[],
  expectedVersion: number,
  at: Date,
): Promise<number | undefined> {
  if (expectedVersion === 0) {
    const [row] = await tx
      .insert(radarSettings)
      .values({ quadrants, updatedAt: at })
      .onConflictDoNothing()
      .returning();
    return row?.version;
  }
  const [row] = await tx
    .update(radarSettings)
    .set({ quadrants, updatedAt: at, version: sql`${radarSettings.version} + 1` })
    .where(eq(radarSettings.version, expectedVersion))
    .returning();
  return row?.version;
}
