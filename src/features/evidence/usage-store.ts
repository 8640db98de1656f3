import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { detections, detectionVerdicts, scans } from './tables.ts';

export interface UsageRow {
  slug: string;
  name: string;
  kind: string;
  repositories: number;
  detections: number;
  versions: string[];
  confidence: number;
  runtime: boolean;
}

const version = sql`coalesce(${detections.versionLocked}, ${detections.versionDeclared})`;

/** What each technology's present detections come to, those marked wrong left out; the name is the surest one's. */
export async function selectUsage(
  tx: Tx,
  filter: { repositoryIds: string[]; technology?: string | undefined },
): Promise<UsageRow[]> {
  return tx
    .select({
      slug: detections.technologySlug,
      name: sql<string>`(array_agg(${detections.technologyName} order by ${detections.confidence} desc, ${detections.technologyName}))[1]`,
      kind: sql<string>`(array_agg(${detections.kind} order by ${detections.confidence} desc, ${detections.kind}))[1]`,
      repositories: sql<number>`count(distinct ${detections.repositoryId})::int`,
      detections: sql<number>`count(*)::int`,
      versions: sql<
        string[]
      >`coalesce(array_agg(distinct ${version}) filter (where ${version} is not null), '{}')`,
      confidence: sql<number>`max(${detections.confidence})`,
      runtime: sql<boolean>`bool_or(${detections.scope} = 'runtime')`,
    })
    .from(detections)
    .leftJoin(
      detectionVerdicts,
      and(
        eq(detectionVerdicts.repositoryId, detections.repositoryId),
        eq(detectionVerdicts.subjectKey, detections.subjectKey),
      ),
    )
    .where(
      and(
        isNull(detections.goneAt),
        sql`${detectionVerdicts.verdict} is distinct from 'wrong'`,
        inArray(detections.repositoryId, filter.repositoryIds),
        filter.technology === undefined ? undefined : eq(detections.technologySlug, filter.technology),
      ),
    )
    .groupBy(detections.technologySlug)
    .orderBy(detections.technologySlug);
}

export async function countScanned(tx: Tx, repositoryIds: string[]): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(distinct ${scans.repositoryId})::int` })
    .from(scans)
    .where(inArray(scans.repositoryId, repositoryIds));
  return row?.count ?? 0;
}
