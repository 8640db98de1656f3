import type { Reading } from '#platform/context/index.ts';
import { isoTime } from '#platform/http/index.ts';
import type { Candidate } from './choose-blips.ts';
import type { JudgedTechnology } from './detect-drift.ts';
import type { Kind, Ring } from './rings.ts';
import { NO_USAGE } from './usage.ts';

// What is computed over all technologies at once. There are thousands, so only the columns that count are read, and
// rows become what they are needed for without a step in between.

export interface PlacedTechnology extends Candidate {
  id: string;
}

/** What the radar may show: everything that is judged or that code uses, and how it is used. */
export function readPlacedTechnologies(): Reading<PlacedTechnology[]> {
  return {
    name: 'placed technologies',
    text: `select t.id, t.slug, t.name, t.kind, t.quadrant, t.ring, t.catalogued,
        u.repositories, u.detections, array_to_json(u.versions), u.confidence, u.runtime
      from technologies t
      left join technology_usage u on u.project_id = t.project_id and u.technology_slug = t.slug
      where t.archived_at is null and (t.ring is not null or u.technology_slug is not null)
      order by t.slug`,
    values: [],
    take: (rows) =>
      rows.map((row) => ({
        id: row[0] ?? '',
        slug: row[1] ?? '',
        name: row[2] ?? '',
        kind: row[3] as Kind,
        quadrant: row[4] ?? '',
        ring: row[5] as Ring | null,
        catalogued: row[6] === 't',
        usage:
          row[7] === null
            ? NO_USAGE
            : {
                repositories: Number(row[7]),
                detections: Number(row[8]),
                versions: JSON.parse(row[9] ?? '[]'),
                confidence: Number(row[10]),
                runtime: row[11] === 't',
              },
      })),
  };
}

/** The ring in which each technology that moved since then was before. */
export function readRingsBefore(since: Date): Reading<Map<string, Ring | null>> {
  return {
    name: 'rings before',
    text: `select distinct on (technology_id) technology_id, from_ring from moves where decided_at >= $1::timestamptz
      order by technology_id, id`,
    values: [since.toISOString()],
    take: (rows) => new Map(rows.map(([id, ring]) => [id ?? '', ring as Ring | null])),
  };
}

/** Every technology that isn't archived, with the move that put it where it is. */
export function readJudgedTechnologies(): Reading<JudgedTechnology[]> {
  return {
    name: 'judged technologies',
    text: `select t.id, t.slug, t.name, t.kind, t.ring, t.catalogued, t.standard_version, t.review_date,
        m.to_ring, m.reason, m.actor_name, m.decided_at
      from technologies t
      left join (select distinct on (technology_id) technology_id, to_ring, reason, actor_name, decided_at
        from moves order by technology_id, id desc) m on m.technology_id = t.id
      where t.archived_at is null
      order by t.slug`,
    values: [],
    take: (rows) =>
      rows.map((row) => ({
        id: row[0] ?? '',
        slug: row[1] ?? '',
        name: row[2] ?? '',
        kind: row[3] as Kind,
        ring: row[4] as Ring | null,
        catalogued: row[5] === 't',
        standardVersion: row[6] ?? null,
        reviewDate: row[7] ?? null,
        decision:
          row[8] === null
            ? null
            : {
                ring: row[8] as Ring,
                reason: row[9] ?? '',
                by: row[10] ?? '',
                at: isoTime(row[11] ?? ''),
              },
      })),
  };
}
