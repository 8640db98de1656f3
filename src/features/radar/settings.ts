import { LRUCache } from 'lru-cache';
import { type Context, type Platform, recordActivity, type Tx } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { KINDS, type Kind } from './rings.ts';
import type { RadarSettings, SettingsInput } from './schema.ts';
import { moveToQuadrant, selectOutsideQuadrants, selectSettings, writeSettings } from './store.ts';
import type { Quadrant } from './tables.ts';
import { readStoredSettings } from './technology-store.ts';

const DEFAULT_QUADRANTS: Quadrant[] = [
  { id: 'languages', name: 'Languages & frameworks', kinds: ['language', 'framework'] },
  { id: 'libraries', name: 'Libraries', kinds: ['library'] },
  { id: 'platforms', name: 'Data & platforms', kinds: ['database', 'infrastructure', 'service'] },
  { id: 'tools', name: 'Tools & delivery', kinds: ['ci', 'tool', 'technique'] },
];

/** Of a project that has set none. */
export const DEFAULT_SETTINGS: RadarSettings = { quadrants: DEFAULT_QUADRANTS, version: 0 };

/** The quadrants of the project; the usual four until someone says otherwise. */
export async function getRadarSettings(context: Context): Promise<RadarSettings> {
  const [stored] = await context.read(readStoredSettings());
  return stored ?? DEFAULT_SETTINGS;
}

const MOST_PROJECTS = 1000;
interface Seen {
  settings: LRUCache<string, RadarSettings>;
  /** What is known of a database that a restore has replaced is forgotten. */
  replacements: number;
}

const seen = new WeakMap<Platform, Seen>();

function recalled(platform: Platform): LRUCache<string, RadarSettings> {
  const replacements = platform.database.replacements();
  const known = seen.get(platform);
  if (known?.replacements === replacements) return known.settings;
  const settings = new LRUCache<string, RadarSettings>({ max: MOST_PROJECTS });
  seen.set(platform, { settings, replacements });
  return settings;
}

/**
 * The settings as this process saw them last, which may be old: whoever changes something by them does so
 * only while they are these, and asks for them `anew` when they are not.
 */
export async function recallSettings(context: Context, { anew }: { anew: boolean }): Promise<RadarSettings> {
  const { platform, projectId } = context;
  const known = recalled(platform);
  const before = anew ? undefined : known.get(projectId);
  if (before) return before;
  const settings = await getRadarSettings(context);
  known.set(projectId, settings);
  return settings;
}

export async function readSettings(tx: Tx): Promise<RadarSettings> {
  const row = await selectSettings(tx);
  return { quadrants: row?.quadrants ?? DEFAULT_QUADRANTS, version: row?.version ?? 0 };
}

/**
 * Replaces the quadrants. Technologies of a quadrant that is no more go where their kind belongs, so that
 * none falls off the radar.
 */
export async function updateRadarSettings(context: Context, input: SettingsInput): Promise<RadarSettings> {
  const quadrants = input.quadrants.map(({ id, name, kinds }) => ({
    id,
    name: name.trim(),
    kinds: kinds ?? usualKinds(id),
  }));
  checkQuadrants(quadrants);
  return context.transaction(async (tx) => {
    const before = await readSettings(tx);
    const at = context.platform.clock.now();
    const version = await writeSettings(tx, quadrants, before.version, at);
    if (version === undefined) {
      throw appError('settings-changed', 409, 'Someone else has changed the quadrants at the same moment.', {
        remedy: 'Look at them again and repeat the change.',
      });
    }
    const moved = await rehome(tx, quadrants, at);
    await recordActivity(tx, context, {
      action: 'radar.updateSettings',
      subjectKind: 'radar',
      subjectId: context.projectId,
      before: { quadrants: before.quadrants },
      after: { quadrants, movedTechnologies: moved },
    });
    return { quadrants, version };
  });
}

/** Where a kind belongs by default; the first quadrant if none claims it. */
export function quadrantOfKind(quadrants: readonly Quadrant[], kind: Kind): string {
  const found = quadrants.find((quadrant) => quadrant.kinds.includes(kind)) ?? quadrants[0];
  if (!found) throw new Error('A radar has at least two quadrants.');
  return found.id;
}

function usualKinds(id: string): Kind[] {
  return DEFAULT_QUADRANTS.find((quadrant) => quadrant.id === id)?.kinds ?? [];
}

function checkQuadrants(quadrants: readonly Quadrant[]): void {
  const ids = new Set(quadrants.map((quadrant) => quadrant.id));
  if (ids.size < quadrants.length) {
    throw appError('quadrants-invalid', 422, 'Two quadrants have the same id.', {
      remedy: 'Give each quadrant an id of its own.',
    });
  }
  for (const kind of KINDS) {
    const claims = quadrants
      .filter((quadrant) => quadrant.kinds.includes(kind))
      .map((quadrant) => quadrant.name);
    if (claims.length < 2) continue;
    throw appError('quadrants-invalid', 422, `${claims.join(' and ')} both claim the kind ${kind}.`, {
      remedy: 'List each kind in one quadrant only.',
    });
  }
}

async function rehome(tx: Tx, quadrants: readonly Quadrant[], at: Date): Promise<number> {
  const ids = quadrants.map((quadrant) => quadrant.id);
  const homeless = await selectOutsideQuadrants(tx, ids);
  const groups = Map.groupBy(homeless, (technology) => quadrantOfKind(quadrants, technology.kind));
  for (const [quadrant, group] of groups) {
    const members = group.map((technology) => technology.id);
    await moveToQuadrant(tx, members, quadrant, at);
  }
  return homeless.length;
}
