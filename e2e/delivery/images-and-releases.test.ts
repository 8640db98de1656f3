import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { testPackages } from '../../scripts/delivery/ci.ts';
import { buildAndPush, IMAGES, joinArchitectures } from '../../scripts/delivery/images.ts';
import { releaseNotes } from '../../scripts/delivery/release-notes.ts';

const root = join(import.meta.dirname, '../..');
const version = { version: '1.2.3', revision: 'abc123', committed: 1_790_000_000 };

describe('an image for others', () => {
  const to = {
    name: 'registry.example.org/team/commandcenter',
    architecture: 'arm64',
    metadataFile: '/tmp/metadata',
  };

  test('is pushed by its digest and without a tag, with its parts and its origin attached', () => {
    const [server, web] = IMAGES.map((image) => buildAndPush(image, version, to).join(' '));
    expect(server).toBe(
      'buildx build --file deploy/docker/server.Dockerfile --platform linux/arm64 ' +
        '--build-arg VERSION=1.2.3 --build-arg REVISION=abc123 --build-arg CREATED=2026-09-21T14:13:20Z ' +
        '--build-arg SOURCE_DATE_EPOCH=1790000000 --sbom true --provenance mode=max ' +
        '--cache-from type=registry,ref=registry.example.org/team/commandcenter:cache-arm64 ' +
        '--cache-to type=registry,ref=registry.example.org/team/commandcenter:cache-arm64,mode=max ' +
        '--output type=image,name=registry.example.org/team/commandcenter,push-by-digest=true,name-canonical=true,push=true ' +
        '--metadata-file /tmp/metadata .',
    );
    expect(web).toContain('name=registry.example.org/team/commandcenter-web,push-by-digest=true');
    expect(`${server} ${web}`).not.toContain('--tag');
  });

  test('gets its names for all architectures at once, from digests', () => {
    expect(
      joinArchitectures('registry.example.org/x', ['main', 'sha-abc'], ['sha256:1', 'sha256:2']).join(' '),
    ).toBe(
      'buildx imagetools create --tag registry.example.org/x:main --tag registry.example.org/x:sha-abc ' +
        'registry.example.org/x@sha256:1 registry.example.org/x@sha256:2',
    );
  });

  test.each([
    ['a missing digest', ['server-amd64=', 'web-amd64=sha256:1']],
    ['a tag', ['server-amd64=latest', `web-amd64=sha256:${'a'.repeat(64)}`]],
    ['nothing', []],
  ])('is not made of %s', (_what, digests) => {
    const result = spawnSync(
      process.execPath,
      ['scripts/delivery/images.ts', 'join', '--name', 'registry.invalid/x', '--tag', 'main', ...digests],
      { cwd: root, encoding: 'utf8' },
    );
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('A digest of server is missing.');
  });

  test('is verified by digest only', () => {
    const result = spawnSync(
      join(root, 'deploy/delivery/verify-signatures.sh'),
      ['registry.example.org/x:main'],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, REPOSITORY: 'team/commandcenter' },
      },
    );
    expect(result).toMatchObject({ status: 64, stderr: expect.stringContaining('names no digest') });
  });

  test('is verified against this workflow on main, and one without that signature fails', () => {
    const folder = mkdtempSync(join(tmpdir(), 'commandcenter-cosign-'));
    // In place of the real one, which needs a registry and the transparency log.
    const verify = (exit: number) => {
      writeFileSync(join(folder, 'cosign'), `#!/bin/sh\necho "$@" >'${folder}/asked'\nexit ${exit}\n`, {
        mode: 0o755,
      });
      return spawnSync(
        join(root, 'deploy/delivery/verify-signatures.sh'),
        [`registry.example.org/x@sha256:${'a'.repeat(64)}`],
        {
          encoding: 'utf8',
          env: { PATH: `${folder}:/usr/bin:/bin`, REPOSITORY: 'team/commandcenter' },
        },
      );
    };
    expect(verify(0).status).toBe(0);
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain(
      '--certificate-identity https://github.com/team/commandcenter/.github/workflows/publish.yml@refs/heads/main',
    );
    expect(verify(1).status).toBe(1);
    rmSync(folder, { recursive: true });
  });

  test.each(IMAGES)('$part has its Dockerfile', ({ dockerfile }) => {
    expect(existsSync(join(root, dockerfile))).toBe(true);
  });
});

describe('the notes of a release', () => {
  const changelog =
    '# Changes\n\n## Unreleased\n\nlater\n\n## 1.2.3 (2026-11-26)\n\n### Added\n\n- this\n\n## [1.2.2]\n\n- that\n';

  test('are the part of the change log about it', () => {
    expect(releaseNotes(changelog, '1.2.3')).toBe('### Added\n\n- this\n');
    expect(releaseNotes(changelog, '1.2.2')).toBe('- that\n');
  });

  test('must be there', () => {
    expect(() => releaseNotes(changelog, '1.2')).toThrow('CHANGELOG.md says nothing of 1.2');
    expect(() => releaseNotes('# Changes\n\n## 2.0.0\n\n## 1.0.0\n\n- x\n', '2.0.0')).toThrow('says nothing');
  });

  test('are refused for a tag that is not the version of package.json', () => {
    const result = spawnSync(process.execPath, ['scripts/delivery/release-notes.ts', 'v99.0.0'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('The tag is v99.0.0');
  });
});

test('updates are proposed for every kind of dependency, in folders that exist', () => {
  const { updates } = parse(readFileSync(join(root, '.github/dependabot.yml'), 'utf8')) as {
    updates: { 'package-ecosystem': string; directory?: string; directories?: string[]; groups: object }[];
  };
  expect(updates.map((update) => update['package-ecosystem']).sort()).toEqual([
    'docker',
    'docker-compose',
    'github-actions',
    'npm',
  ]);
  for (const { directory, directories = [directory ?? ''], groups } of updates) {
    for (const path of directories) expect(existsSync(join(root, path)), path).toBe(true);
    expect(Object.keys(groups).length).toBeGreaterThan(0);
  }
});

test('every base image is named in words, with a tag, and once for each Dockerfile, as Dependabot reads it', () => {
  const folder = join(root, 'deploy/docker');
  const bases = readdirSync(folder)
    .filter((name) => name.endsWith('.Dockerfile'))
    .flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const from = [...text.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)];
      const stages = new Set(['scratch', ...from.map((match) => match[2])]);
      return from.map((match) => match[1] ?? '').filter((image) => !stages.has(image));
    });
  expect(bases.sort()).toEqual([
    expect.stringMatching(/^nginxinc\/nginx-unprivileged:[\d.]+$/),
    expect.stringMatching(/^node:\d+[\w.-]*$/),
    expect.stringMatching(/^node:\d+[\w.-]*$/),
    expect.stringMatching(/^postgres:\d+$/),
  ]);
  expect(bases[1], 'both images are built with the same Node').toBe(bases[2]);
});

test('the pipeline installs the packages that .ci/run names', () => {
  expect(testPackages()).toEqual(expect.arrayContaining(['postgresql', 'redis-server', 'nginx', 'chromium']));
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toContain('make test');
});
