import { and, desc, eq, isNull, lt, ne, or, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { PinMap } from './catalogue/index.ts';
import { detections, ignoredPaths, scans, technologyPins, transitiveDependencies } from './tables.ts';

const BATCH = 500;

export type ScanRow = typeof scans.$inferSelect;
export type PinRow = typeof technologyPins.$inferSelect;
export type IgnoredPathRow = typeof ignoredPaths.$inferSelect;

export async function insertScan(tx: Tx, row: typeof scans.$inferInsert): Promise<void> {
  await tx.insert(scans).values(row);
}

export async function selectScans(
  tx: Tx,
  filter: { repositoryId?: string | undefined; before?: string | undefined; limit: number },
): Promise<ScanRow[]> {
  return tx
    .select()
    .from(scans)
    .where(
      and(
        filter.repositoryId === undefined ? undefined : eq(scans.repositoryId, filter.repositoryId),
        filter.before === undefined ? undefined : lt(scans.id, filter.before),
      ),
    )
    .orderBy(desc(scans.id))
    .limit(filter.limit);
}

/** Writes what a scan found; a detection that was there before keeps its id and the time it was first seen. */
export async function upsertDetections(tx: Tx, rows: (typeof detections.$inferInsert)[]): Promise<void> {
  const fresh = (column: string) => sql.raw(`excluded.${column}`);
  for (let start = 0; start < rows.length; start += BATCH) {
    await tx
      .insert(detections)
      .values(rows.slice(start, start + BATCH))
      .onConflictDoUpdate({
        target: [detections.repositoryId, detections.subjectKey, detections.scope],
        set: {
          scanId: fresh('scan_id'),
          technologySlug: fresh('technology_slug'),
          technologyName: fresh('technology_name'),
          kind: fresh('kind'),
          versionDeclared: fresh('version_declared'),
          versionLocked: fresh('version_locked'),
          confidence: fresh('confidence'),
          rule: fresh('rule'),
          evidence: fresh('evidence'),
          lastSeenAt: fresh('last_seen_at'),
          goneAt: null,
        },
      });
  }
}

/** Marks what the scan did not find again. */
export async function markGone(tx: Tx, repositoryId: string, scanId: string, at: Date): Promise<void> {
  await tx
    .update(detections)
    .set({ goneAt: at })
    .where(
      and(
        eq(detections.repositoryId, repositoryId),
        ne(detections.scanId, scanId),
        isNull(detections.goneAt),
      ),
    );
}

export async function replaceTransitive(
  tx: Tx,
  repositoryId: string,
  rows: Omit<typeof transitiveDependencies.$inferInsert, 'id' | 'repositoryId'>[],
): Promise<void> {
  await tx.delete(transitiveDependencies).where(eq(transitiveDependencies.repositoryId, repositoryId));
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH).map((row) => ({ id: newId(), repositoryId, ...row }));
    await tx.insert(transitiveDependencies).values(batch);
  }
}

export async function selectTransitive(
  tx: Tx,
  filter: { repositoryId: string; after?: string | undefined; limit: number },
): Promise<(typeof transitiveDependencies.$inferSelect)[]> {
  return tx
    .select()
    .from(transitiveDependencies)
    .where(
      and(
        eq(transitiveDependencies.repositoryId, filter.repositoryId),
        filter.after === undefined ? undefined : sql`${transitiveDependencies.id} > ${filter.after}`,
      ),
    )
    .orderBy(transitiveDependencies.id)
    .limit(filter.limit);
}

export async function countTransitive(tx: Tx, repositoryId: string): Promise<number> {
  return tx.$count(transitiveDependencies, eq(transitiveDependencies.repositoryId, repositoryId));
}

export async function selectIgnoredPaths(tx: Tx, repositoryId?: string): Promise<IgnoredPathRow[]> {
  return tx
    .select()
    .from(ignoredPaths)
    .where(
      repositoryId === undefined
        ? undefined
        : or(isNull(ignoredPaths.repositoryId), eq(ignoredPaths.repositoryId, repositoryId)),
    )
    .orderBy(ignoredPaths.id);
}

export async function insertIgnoredPath(tx: Tx, row: typeof ignoredPaths.$inferInsert): Promise<void> {
  await tx.insert(ignoredPaths).values(row);
}

export async function deleteIgnoredPath(tx: Tx, id: string): Promise<IgnoredPathRow | undefined> {
  const [row] = await tx.delete(ignoredPaths).where(eq(ignoredPaths.id, id)).returning();
  return row;
}

/** The pins in the form in which packages are resolved. */
export async function selectPinMap(tx: Tx): Promise<PinMap> {
  const pins = await selectPins(tx);
  return new Map(
    pins.map((pin) => [
      `${pin.ecosystem}:${pin.packageName}`,
      { slug: pin.technologySlug, name: pin.technologyName },
    ]),
  );
}

export async function selectPins(tx: Tx): Promise<PinRow[]> {
  return tx.select().from(technologyPins).orderBy(technologyPins.id);
}

/** Puts a pin in the place of the package's earlier one. */
export async function replacePin(tx: Tx, row: typeof technologyPins.$inferInsert): Promise<PinRow> {
  await tx
    .delete(technologyPins)
    .where(and(eq(technologyPins.ecosystem, row.ecosystem), eq(technologyPins.packageName, row.packageName)));
  const [pin] = await tx.insert(technologyPins).values(row).returning();
  if (!pin) throw new Error('The pin was not written.');
  return pin;
}

export async function deletePin(tx: Tx, id: string): Promise<PinRow | undefined> {
  const [row] = await tx.delete(technologyPins).where(eq(technologyPins.id, id)).returning();
  return row;
}
