import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Reading, Tx } from '#platform/context/index.ts';
import { notWrong, ofVerdict } from './store.ts';
import { detections, detectionVerdicts, type StoredEvidence, technologyUsage } from './tables.ts';

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

function present(repositoryIds: string[]) {
  return and(isNull(detections.goneAt), notWrong, inArray(detections.repositoryId, repositoryIds));
}

/** What each technology's present detections come to; the database keeps it ready. */
export async function selectUsage(tx: Tx, technology?: string): Promise<UsageRow[]> {
  return tx
    .select()
    .from(technologyUsage)
    .where(technology === undefined ? undefined : eq(technologyUsage.slug, technology))
    .orderBy(technologyUsage.slug);
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

/** How many of the tracked repositories have been scanned. */
export function readScannedCount(): Reading<number> {
  return {
    name: 'scanned repositories',
    text: `select count(*) from repositories
      where archived_at is null and id in (select repository_id from scans)`,
    values: [],
    take: ([row]) => Number(row?.[0] ?? 0),
  };
}
