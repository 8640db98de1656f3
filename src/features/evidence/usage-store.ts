import { eq, inArray } from 'drizzle-orm';
import type { Reading, Tx } from '#platform/context/index.ts';
import { detections, type StoredEvidence, technologyUsage } from './tables.ts';

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
  technologySlug: string;
  repositoryId: string;
  component: string;
  scope: string;
  ecosystem: string;
  versionDeclared: string | null;
  versionLocked: string | null;
  lines: number;
}

/** Present detections of these repositories, of what they are found in without its lines: those are most of their weight. */
export function readDetectionsInUse(repositoryIds: readonly string[]): Reading<UseRow[]> {
  return {
    name: 'detections in use',
    text: `select d.id, d.technology_slug, d.repository_id, d.component, d.scope, d.ecosystem, d.version_declared,
        d.version_locked, jsonb_array_length(d.evidence)
      from detections d
      left join detection_verdicts v on v.repository_id = d.repository_id and v.subject_key = d.subject_key
      where d.gone_at is null and v.verdict is distinct from 'wrong' and d.repository_id = any($1::uuid[])`,
    values: [`{${repositoryIds.join(',')}}`],
    take: (rows) =>
      rows.map((row) => ({
        id: row[0] ?? '',
        technologySlug: row[1] ?? '',
        repositoryId: row[2] ?? '',
        component: row[3] ?? '',
        scope: row[4] ?? '',
        ecosystem: row[5] ?? '',
        versionDeclared: row[6] ?? null,
        versionLocked: row[7] ?? null,
        lines: Number(row[8]),
      })),
  };
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
