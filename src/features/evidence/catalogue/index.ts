import type { DetectionKind } from '../types.ts';
import { corrections } from './corrections.ts';
import imported from './technologies.json' with { type: 'json' };

export interface Technology {
  slug: string;
  name: string;
  kind: DetectionKind;
  /** Id of the quadrant it belongs to until a person says otherwise. */
  quadrant: string;
  homepage: string | null;
  /** Names that mean this technology, by ecosystem. */
  packages: Readonly<Record<string, readonly string[]>>;
}

const quadrants: Record<DetectionKind, string> = {
  language: 'languages',
  framework: 'languages',
  library: 'libraries',
  database: 'platforms',
  infrastructure: 'platforms',
  service: 'platforms',
  tool: 'tools',
  ci: 'tools',
};

interface Catalogue {
  bySlug: Map<string, Technology>;
  byPackage: Map<string, Technology>;
}

let made: Catalogue | undefined;
/** Made when it is first asked for: a server that starts has others waiting for it. */
function catalogue(): Catalogue {
  made ??= makeCatalogue();
  return made;
}

function makeCatalogue(): Catalogue {
  const bySlug = new Map<string, Technology>();
  for (const entry of imported) add(bySlug, { ...entry, kind: entry.kind as DetectionKind });
  for (const correction of corrections) add(bySlug, correction);
  const byPackage = new Map<string, Technology>();
  for (const technology of bySlug.values()) {
    for (const key of packageKeys(technology.packages)) {
      if (!byPackage.has(key)) byPackage.set(key, technology);
    }
  }
  // A correction names its packages on purpose; an imported rule never takes them away.
  for (const { slug, packages = {} } of corrections) {
    const technology = bySlug.get(slug);
    if (technology) for (const key of packageKeys(packages)) byPackage.set(key, technology);
  }
  return { bySlug, byPackage };
}

function add(bySlug: Map<string, Technology>, entry: (typeof corrections)[number]): void {
  const known = bySlug.get(entry.slug);
  const packages: Record<string, string[]> = {};
  for (const part of [known?.packages, entry.packages]) {
    for (const [ecosystem, names] of Object.entries(part ?? {})) {
      const without = entry.without?.[ecosystem] ?? [];
      const all = new Set([...(packages[ecosystem] ?? []), ...(names ?? [])]);
      packages[ecosystem] = [...all].filter((name) => !without.includes(name));
    }
  }
  const kind = entry.kind ?? known?.kind ?? 'library';
  bySlug.set(entry.slug, {
    slug: entry.slug,
    name: entry.name ?? known?.name ?? entry.slug,
    kind,
    quadrant: quadrants[kind],
    homepage: entry.homepage ?? known?.homepage ?? null,
    packages,
  });
}

function packageKeys(packages: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(packages).flatMap(([ecosystem, names]) =>
    names.map((name) => packageKey(ecosystem, name)),
  );
}

/** Python's package names ignore case and the kind of separator (PEP 503). */
function packageKey(ecosystem: string, name: string): string {
  if (ecosystem === 'pypi') return `pypi:${name.toLowerCase().replaceAll(/[-_.]+/g, '-')}`;
  if (ecosystem === 'docker') return `docker:${name.replace(/^(docker\.io\/)?(library\/)?/, '')}`;
  return `${ecosystem}:${name}`;
}

/** The technology that a package stands for, if the catalogue knows it. */
export function findTechnology(ecosystem: string, name: string): Technology | undefined {
  const { byPackage, bySlug } = catalogue();
  const known = byPackage.get(packageKey(ecosystem, name));
  // A file rule names the technology itself.
  return known ?? (ecosystem === 'file' ? bySlug.get(name) : undefined);
}

export function findTechnologyBySlug(slug: string): Technology | undefined {
  return catalogue().bySlug.get(slug);
}

export function allTechnologies(): Technology[] {
  return [...catalogue().bySlug.values()];
}

export interface ResolvedTechnology {
  slug: string;
  name: string;
  kind: DetectionKind;
}

/** What people have said that packages stand for: `ecosystem:name` → technology. */
export type PinMap = ReadonlyMap<string, { slug: string; name?: string }>;

const ownKinds: Record<string, DetectionKind> = {
  language: 'language',
  runtime: 'language',
  docker: 'service',
  'github-actions': 'ci',
};

/**
 * The technology a package stands for: as a person has pinned it, else as the catalogue has it, else the
 * package itself, under a slug that stays the same.
 */
export function resolveTechnology(ecosystem: string, name: string, pins?: PinMap): ResolvedTechnology {
  const pin = pins?.get(`${ecosystem}:${name}`);
  if (pin) {
    const entry = findTechnologyBySlug(pin.slug);
    return { slug: pin.slug, name: pin.name ?? entry?.name ?? pin.slug, kind: entry?.kind ?? 'library' };
  }
  const known = findTechnology(ecosystem, name);
  if (known) return known;
  return { slug: ownSlug(ecosystem, name), name, kind: ownKinds[ecosystem] ?? 'library' };
}

/** A slug for a package that the catalogue does not know: `npm-left-pad`, `npm-scope--name`. */
function ownSlug(ecosystem: string, name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/^@/, '')
    .replaceAll('/', '--')
    .replaceAll('+', 'p')
    .replaceAll('#', 'sharp')
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return `${ecosystem}-${plain || 'unnamed'}`.slice(0, 100);
}
