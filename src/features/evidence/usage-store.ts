import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { notWrong, ofVerdict } from './store.ts';
import { detections, detectionVerdicts, type StoredEvidence, scans } from './tables.ts';

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

function present(repositoryIds: string[]) {
  return and(isNull(detections.goneAt), notWrong, inArray(detections.repositoryId, repositoryIds));
}

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
    .leftJoin(detectionVerdicts, ofVerdict)
    .where(
      and(
        present(filter.repositoryIds),
        filter.technology === undefined ? undefined : eq(detections.technologySlug, filter.technology),
      ),
    )
    .groupBy(detections.technologySlug)
    .orderBy(detections.technologySlug);
}

export interface UseRow {
  id: string;
  technology: string;
  repositoryId: string;
  component: string;
  scope: string;
  ecosystem: string;
  versionDeclared: string | null;
  versionLocked: string | null;
  lines: number;
}

/** Present detections without their evidence, which is most of their weight. */
export async function selectUses(tx: Tx, repositoryIds: string[]): Promise<UseRow[]> {
  return tx
    .select({
      id: detections.id,
      technology: detections.technologySlug,
      repositoryId: detections.repositoryId,
      component: detections.component,
      scope: detections.scope,
      ecosystem: detections.ecosystem,
      versionDeclared: detections.versionDeclared,
      versionLocked: detections.versionLocked,
      lines: sql<number>`jsonb_array_length(${detections.evidence})`,
    })
    .from(detections)
    .leftJoin(detectionVerdicts, ofVerdict)
    .where(present(repositoryIds));
}

export async function selectEvidence(tx: Tx, ids: string[]): Promise<Map<string, StoredEvidence[]>> {
  const rows = await tx
    .select({ id: detections.id, evidence: detections.evidence })
    .from(detections)
    .where(inArray(detections.id, ids));
  return new Map(rows.map((row) => [row.id, row.evidence]));
}

export async function countScanned(tx: Tx, repositoryIds: string[]): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(distinct ${scans.repositoryId})::int` })
    .from(scans)
    .where(inArray(scans.repositoryId, repositoryIds));
  return row?.count ?? 0;
}
