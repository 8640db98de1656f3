import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** The two images; their names in a registry begin alike. */
export const IMAGES = [
  { part: 'server', dockerfile: 'deploy/docker/server.Dockerfile', suffix: '' },
  { part: 'web', dockerfile: 'deploy/docker/web.Dockerfile', suffix: '-web' },
] as const;

export type Image = (typeof IMAGES)[number];

export interface Version {
  version: string;
  revision: string;
  /** Seconds since 1970 at which the revision was committed: the same input gives the same image. */
  committed: number;
}

/** The call of docker that builds one image for this machine and keeps it here. */
export function buildLocally(image: Image, version: Version): string[] {
  const tag = `commandcenter${image.suffix}`;
  return [
    'build',
    '--file',
    image.dockerfile,
    ...labels(version),
    '--tag',
    `${tag}:${version.revision}`,
    '.',
  ];
}

/**
 * The call of docker that builds one image for one architecture and pushes it without a tag, with a bill of
 * materials and the provenance attached. Its digest is written to `metadataFile`.
 */
export function buildAndPush(
  image: Image,
  version: Version,
  to: { name: string; architecture: string; metadataFile: string },
): string[] {
  const name = `${to.name}${image.suffix}`;
  const cache = `type=registry,ref=${name}:cache-${to.architecture}`;
  return [
    ...['buildx', 'build', '--file', image.dockerfile, '--platform', `linux/${to.architecture}`],
    ...labels(version),
    ...['--sbom', 'true', '--provenance', 'mode=max'],
    ...['--cache-from', cache, '--cache-to', `${cache},mode=max`],
    ...['--output', `type=image,name=${name},push-by-digest=true,name-canonical=true,push=true`],
    ...['--metadata-file', to.metadataFile, '.'],
  ];
}

/** The call of docker that makes one name of what was built for each architecture. */
export function joinArchitectures(name: string, tags: string[], digests: string[]): string[] {
  return [
    ...['buildx', 'imagetools', 'create'],
    ...tags.flatMap((tag) => ['--tag', `${name}:${tag}`]),
    ...digests.map((digest) => `${name}@${digest}`),
  ];
}

function labels({ version, revision, committed }: Version): string[] {
  const created = new Date(committed * 1000).toISOString().replace('.000', '');
  const values = {
    VERSION: version,
    REVISION: revision,
    CREATED: created,
    SOURCE_DATE_EPOCH: `${committed}`,
  };
  return Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
}

const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

/** The commit that is checked out. */
function readVersion(): Version {
  const git = (...words: string[]): string => execFileSync('git', words, { encoding: 'utf8' }).trim();
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return { version, revision: git('rev-parse', 'HEAD'), committed: Number(git('log', '-1', '--format=%ct')) };
}

function docker(words: string[], committed = 0): void {
  process.stdout.write(`docker ${words.join(' ')}\n`);
  const environment = { ...process.env, DOCKER_BUILDKIT: '1', SOURCE_DATE_EPOCH: `${committed}` };
  execFileSync('docker', words, { stdio: 'inherit', env: environment });
}

/** Tells the next step of a workflow, or whoever reads, what was made. */
function tell(name: string, digest: string): void {
  if (!isDigest(digest)) throw new Error(`The registry gave no digest for ${name}.`);
  const file = process.env['GITHUB_OUTPUT'];
  if (file) appendFileSync(file, `${name}=${digest}\n`);
  process.stdout.write(`${name}=${digest}\n`);
}

/** What a tag stands for in the registry at this moment. */
function digestOf(name: string, tag: string): string {
  // As JSON: some versions of buildx print a summary when they are asked for a single field.
  const words = ['buildx', 'imagetools', 'inspect', `${name}:${tag}`, '--format', '{{json .Manifest}}'];
  const { digest } = JSON.parse(execFileSync('docker', words, { encoding: 'utf8' })) as { digest: string };
  if (!isDigest(digest)) throw new Error(`The registry gave no digest for ${name}:${tag}.`);
  return digest;
}

function push(name: string, architecture: string): void {
  const version = readVersion();
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-images-'));
  for (const image of IMAGES) {
    const metadataFile = join(folder, image.part);
    docker(buildAndPush(image, version, { name, architecture, metadataFile }), version.committed);
    const metadata = JSON.parse(readFileSync(metadataFile, 'utf8')) as Record<string, string>;
    tell(`${image.part}-${architecture}`, metadata['containerimage.digest'] ?? '');
  }
}

/** `given` names the digests: server-amd64=sha256:… */
function joinAll(name: string, tags: string[], given: string[]): void {
  const made = given.map((text) => text.split('=') as [string, string]);
  for (const image of IMAGES) {
    const digests = made.filter(([key]) => key.startsWith(`${image.part}-`)).map(([, digest]) => digest);
    if (digests.length === 0 || !digests.every(isDigest))
      throw new Error(`A digest of ${image.part} is missing.`);
    const full = `${name}${image.suffix}`;
    docker(joinArchitectures(full, tags, digests));
    tell(image.part, digestOf(full, tags[0] ?? ''));
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: 'string', default: '' },
      architecture: { type: 'string', default: '' },
      tag: { type: 'string', multiple: true, default: [] },
    },
  });
  const [command, ...given] = positionals;
  if (command === 'push') push(values.name, values.architecture);
  else if (command === 'join') joinAll(values.name, values.tag, given);
  else if (command === 'digest') process.stdout.write(`${digestOf(values.name, values.tag[0] ?? '')}\n`);
  else {
    const version = readVersion();
    for (const image of IMAGES) docker(buildLocally(image, version), version.committed);
  }
}
