import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

export interface Component {
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  purl: string;
  [other: string]: unknown;
}

export interface Sbom {
  bomFormat: 'CycloneDX';
  specVersion: string;
  metadata: { component: Component; [other: string]: unknown };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
  [other: string]: unknown;
}

/** Debian packages of an image: the text of dpkg's status file, and which release it is ("12"). */
export interface DebianSystem {
  status: string;
  release: string;
}

/** One CycloneDX file of what runs: npm packages of the server and of the pages, Debian packages of images. */
export function makeSbom(root: string, systems: DebianSystem[] = []): Sbom {
  const all = JSON.parse(
    // The lockfile alone, so that the result is the same on every machine.
    execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    }),
  ) as Sbom;
  all.metadata.component.name = all.metadata.component['bom-ref'].split('@')[0] ?? '';
  const running = reachable(all, runningPackages(root));
  const debian = new Map(systems.flatMap(debianComponents).map((component) => [component.purl, component]));
  const asRequired = (component: Component): Component => ({
    ...component,
    // To npm the pages' packages are development dependencies; in the image they run.
    scope: 'required',
    properties: [],
  });
  return {
    ...all,
    components: [
      ...all.components.filter((component) => running.has(component['bom-ref'])).map(asRequired),
      ...debian.values(),
    ],
    dependencies: all.dependencies.filter(({ ref }) => running.has(ref)),
  };
}

/** Names of the packages that are used while it runs: the server's dependencies and what the pages import. */
function runningPackages(root: string): Set<string> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'optionalDependencies',
    Record<string, string>
  >;
  const names = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
  for (const path of globSync('src/web/**/*.{ts,tsx}', { cwd: root })) {
    if (/\.(test|config)\.tsx?$/.test(path)) continue;
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, scoped, plain] of text.matchAll(
      /(?:from|import\() ?'(?:(@[^/']+\/[^/']+)|([^@.#/'][^/']*))/g,
    )) {
      names.add(scoped ?? plain ?? '');
    }
  }
  return names;
}

function reachable(sbom: Sbom, names: Set<string>): Set<string> {
  const edges = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn ?? []]));
  const nameOf = new Map(sbom.components.map((component) => [component['bom-ref'], component.name]));
  const root = sbom.metadata.component['bom-ref'];
  const open = (edges.get(root) ?? []).filter((ref) => names.has(nameOf.get(ref) ?? ''));
  const found = new Set([root, ...open]);
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    for (const next of edges.get(ref) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

/** The installed packages of dpkg's status file. Advisories name sources, so `upstream` holds that of each. */
export function debianComponents({ status, release }: DebianSystem): Component[] {
  return status.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1]?.trim();
    const name = field('Package');
    const version = field('Version');
    if (!name || !version || !/ installed$/.test(field('Status') ?? '')) return [];
    const [, source = name, sourceVersion = version] =
      /^(\S+)(?: \((.+)\))?$/.exec(field('Source') ?? name) ?? [];
    const qualifiers = new URLSearchParams({
      arch: field('Architecture') ?? 'all',
      distro: `debian-${release}`,
      upstream: `${source}@${sourceVersion}`,
    });
    const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?${qualifiers}`;
    return [{ 'bom-ref': purl, type: 'library', name, version, scope: 'required', purl }];
  });
}

/** Reads what dpkg knows, and the release, out of an image without starting it. */
export function readImage(image: string): DebianSystem {
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-sbom-'));
  const docker = (...words: string[]): string => execFileSync('docker', words, { encoding: 'utf8' }).trim();
  const container = docker('create', image, 'never-started');
  try {
    docker('cp', '-L', `${container}:/etc/os-release`, join(folder, 'os-release'));
    docker('cp', `${container}:/var/lib/dpkg`, folder);
    // Images without a package manager keep one file for each package in status.d.
    const files = ['dpkg/status', ...globSync('dpkg/status.d/*', { cwd: folder })];
    const texts = files.map((path) => join(folder, path)).filter((path) => existsSync(path));
    return {
      status: texts.map((path) => readFileSync(path, 'utf8').trim()).join('\n\n'),
      release: /^VERSION_ID="?([^"\n]+)/m.exec(readFileSync(join(folder, 'os-release'), 'utf8'))?.[1] ?? '',
    };
  } finally {
    docker('rm', container);
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      image: { type: 'string', multiple: true, default: [] },
      output: { type: 'string', default: 'dist/sbom.cdx.json' },
    },
  });
  const sbom = makeSbom(process.cwd(), values.image.map(readImage));
  mkdirSync(dirname(values.output), { recursive: true });
  writeFileSync(values.output, `${JSON.stringify(sbom, null, 2)}\n`);
  process.stdout.write(`${values.output}: ${sbom.components.length} components\n`);
}
