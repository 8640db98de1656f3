import { findTechnologyBySlug, type TechnologyUsage } from '#features/evidence/index.ts';
import { type Context, recordActivity } from '#platform/context/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { JobHandle } from '#platform/jobs/index.ts';
import { KINDS, type Kind } from './rings.ts';
import { quadrantOfKind, readSettings } from './settings.ts';
import {
  insertNewTechnologies,
  selectAllTechnologies,
  selectArchivedSlugs,
  updateTechnologyRow,
} from './store.ts';
import { DETECTED_FIELDS, type Quadrant, type TechnologyRow } from './tables.ts';
import { readFound } from './usage.ts';

export interface ReviewSummary {
  found: number;
  added: number;
  updated: number;
}

type Detected = Pick<TechnologyRow, 'slug' | 'name' | 'kind' | 'quadrant' | 'homepage' | 'catalogued'>;

/**
 * Puts what code uses on the radar as unreviewed and keeps what the catalogue says of it up to date. It judges
 * nothing, and what a person has set or archived stays as it is. Running it twice changes nothing.
 */
export async function reviewDetections(context: Context, job: JobHandle): Promise<ReviewSummary> {
  job.progress({ phase: 'reading detections' });
  const found = await readFound(context);
  job.progress({ phase: 'updating the radar', done: 0, total: found.length });
  const summary = await context.transaction(async (tx) => {
    const { quadrants } = await readSettings(tx);
    const detected = found.map((technology) => describe(technology, quadrants));
    const known = new Map((await selectAllTechnologies(tx)).map((row) => [row.slug, row]));
    const archived = new Set(await selectArchivedSlugs(tx));
    const now = context.platform.clock.now();
    const fresh = detected.filter(({ slug }) => !known.has(slug) && !archived.has(slug));
    const added = await insertNewTechnologies(
      tx,
      fresh.map((technology) => ({ ...technology, id: newId(), createdAt: now, updatedAt: now })),
    );
    let updated = 0;
    for (const technology of detected) {
      const row = known.get(technology.slug);
      const changes = row ? changesOf(row, technology) : {};
      if (!row || Object.keys(changes).length === 0) continue;
      await updateTechnologyRow(tx, row.id, { ...changes, updatedAt: now });
      updated += 1;
    }
    if (added + updated > 0) {
      await recordActivity(tx, context, {
        action: 'radar.reviewDetections',
        subjectKind: 'radar',
        subjectId: context.projectId,
        after: { added, updated, technologies: fresh.slice(0, 100).map(({ slug }) => slug) },
      });
    }
    return { found: found.length, added, updated };
  });
  job.progress({ phase: 'done', done: found.length, total: found.length });
  return summary;
}

function describe(found: TechnologyUsage, quadrants: readonly Quadrant[]): Detected {
  const entry = findTechnologyBySlug(found.slug);
  const kind = toKind(entry?.kind ?? found.kind);
  // The catalogue names one of the usual quadrants, which a project may have replaced.
  const usual = quadrants.find((quadrant) => quadrant.id === entry?.quadrant)?.id;
  return {
    slug: found.slug,
    name: found.name,
    kind,
    quadrant: usual ?? quadrantOfKind(quadrants, kind),
    homepage: entry?.homepage ?? null,
    catalogued: entry !== undefined,
  };
}

function toKind(kind: string): Kind {
  return KINDS.find((candidate) => candidate === kind) ?? 'tool';
}

function changesOf(row: TechnologyRow, detected: Detected): Partial<Detected> {
  const changes: Partial<Detected> = {};
  for (const field of DETECTED_FIELDS) {
    if (row.edited.includes(field) || row[field] === detected[field]) continue;
    Object.assign(changes, { [field]: detected[field] });
  }
  if (row.catalogued !== detected.catalogued) changes.catalogued = detected.catalogued;
  return changes;
}
