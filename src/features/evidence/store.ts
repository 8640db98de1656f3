import { and, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { detections, detectionVerdicts, scans, technologyHistory } from './tables.ts';

export type DetectionRow = typeof detections.$inferSelect;
export type VerdictRow = typeof detectionVerdicts.$inferSelect;
export type HistoryRow = typeof technologyHistory.$inferSelect;

export interface DetectionFilter {
  technology?: string | undefined;
  /** Those that are tracked: what an archived one used says nothing about today. */
  repositoryIds: readonly string[];
  kind?: string | undefined;
  scope?: string | undefined;
  includeWrong?: boolean | undefined;
  before?: string | undefined;
  limit?: number | undefined;
}

export interface DetectionWithVerdict {
  detection: DetectionRow;
  verdict: 'wrong' | 'right' | null;
  commit: string;
}

const present = isNull(detections.goneAt);

/** How a detection finds what a person said about it. */
export const ofVerdict = and(
  eq(detectionVerdicts.repositoryId, detections.repositoryId),
  eq(detectionVerdicts.subjectKey, detections.subjectKey),
);
export const notWrong = sql`${detectionVerdicts.verdict} is distinct from 'wrong'`;

function conditions(filter: DetectionFilter) {
  return and(
    present,
    filter.includeWrong ? undefined : notWrong,
    filter.technology === undefined ? undefined : eq(detections.technologySlug, filter.technology),
    inArray(detections.repositoryId, [...filter.repositoryIds]),
    filter.kind === undefined ? undefined : eq(detections.kind, filter.kind),
    filter.scope === undefined ? undefined : eq(detections.scope, filter.scope),
  );
}

export async function selectDetections(tx: Tx, filter: DetectionFilter): Promise<DetectionWithVerdict[]> {
  const query = tx
    .select({ detection: detections, verdict: detectionVerdicts.verdict, commit: scans.commit })
    .from(detections)
    .innerJoin(scans, eq(scans.id, detections.scanId))
    .leftJoin(detectionVerdicts, ofVerdict)
    .where(
      and(conditions(filter), filter.before === undefined ? undefined : lt(detections.id, filter.before)),
    )
    .orderBy(desc(detections.id));
  return filter.limit === undefined ? query : query.limit(filter.limit);
}

export async function countDetections(tx: Tx, filter: DetectionFilter): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(detections)
    .leftJoin(detectionVerdicts, ofVerdict)
    .where(conditions(filter));
  return row?.count ?? 0;
}

export async function selectDetection(tx: Tx, id: string): Promise<DetectionWithVerdict | undefined> {
  const [row] = await tx
    .select({ detection: detections, verdict: detectionVerdicts.verdict, commit: scans.commit })
    .from(detections)
    .innerJoin(scans, eq(scans.id, detections.scanId))
    .leftJoin(detectionVerdicts, ofVerdict)
    .where(eq(detections.id, id));
  return row;
}

export async function upsertVerdict(tx: Tx, row: typeof detectionVerdicts.$inferInsert): Promise<void> {
  const { verdict, reason, actorName, createdAt } = row;
  await tx
    .insert(detectionVerdicts)
    .values(row)
    .onConflictDoUpdate({
      target: [detectionVerdicts.repositoryId, detectionVerdicts.subjectKey],
      set: { verdict, reason: reason ?? null, actorName, createdAt },
    });
}

/** Gives every stored trace of a package to another technology. */
export async function updateTechnologyOfPackage(
  tx: Tx,
  subject: { ecosystem: string; packageName: string },
  technology: { slug: string; name: string; kind: string },
): Promise<void> {
  await tx
    .update(detections)
    .set({ technologySlug: technology.slug, technologyName: technology.name, kind: technology.kind })
    .where(and(eq(detections.ecosystem, subject.ecosystem), eq(detections.packageName, subject.packageName)));
  await tx
    .update(technologyHistory)
    .set({ technologySlug: technology.slug })
    .where(
      and(
        eq(technologyHistory.ecosystem, subject.ecosystem),
        eq(technologyHistory.packageName, subject.packageName),
      ),
    );
}

export async function selectHistory(
  tx: Tx,
  filter: { technology?: string | undefined; repositoryId?: string | undefined },
): Promise<HistoryRow[]> {
  return tx
    .select()
    .from(technologyHistory)
    .where(
      and(
        filter.technology === undefined ? undefined : eq(technologyHistory.technologySlug, filter.technology),
        filter.repositoryId === undefined
          ? undefined
          : eq(technologyHistory.repositoryId, filter.repositoryId),
      ),
    )
    .orderBy(desc(technologyHistory.committedAt), desc(technologyHistory.id));
}
