import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { debianComponents, makeSbom, readImage } from '../../scripts/delivery/make-sbom.ts';

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};
// docker ps asks the daemon, which the program alone does not need.
const hasDocker = spawnSync('docker', ['ps']).status === 0;

describe('the bill of materials', () => {
  const sbom = makeSbom(root);
  const versionOf = (name: string): string | undefined =>
    sbom.components.find((component) => component.name === name)?.version;

  test('is CycloneDX and says what it is of', () => {
    expect(sbom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: expect.stringMatching(/^1\.[5-9]$/),
      serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
      metadata: { component: { name: 'commandcenter', version: manifest.version } },
    });
    for (const component of sbom.components) {
      expect(component).toMatchObject({
        'bom-ref': expect.any(String),
        type: 'library',
        version: expect.any(String),
        purl: expect.stringMatching(/^pkg:npm\/.+@.+/),
      });
    }
  });

  test('holds every dependency in the version that package.json names, and what those depend on', () => {
    for (const [name, version] of Object.entries(manifest.dependencies))
      expect(versionOf(name), name).toBe(version);
    expect(versionOf('pg-protocol')).toBeDefined();
    expect(sbom.components.length).toBeGreaterThan(Object.keys(manifest.dependencies).length * 2);
  });

  test('holds what the pages are made of, although npm takes it for development', () => {
    for (const name of ['react', 'react-dom', '@tanstack/react-router', 'lucide-react', 'radix-ui']) {
      expect(versionOf(name), name).toBeDefined();
    }
  });

  test('holds nothing that only builds or tests', () => {
    for (const name of ['vitest', 'vite', 'typescript', '@biomejs/biome', 'knip', 'playwright-core']) {
      expect(versionOf(name), name).toBeUndefined();
    }
  });

  test('is whole: every reference leads to a component, and none is there twice', () => {
    const refs = [sbom.metadata.component, ...sbom.components].map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    for (const { ref } of sbom.dependencies) expect(refs).toContain(ref);
  });
});

test('Debian packages name version, release and source; what is not installed is left out', () => {
  const status = [
    'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc\nVersion: 2.36-9+deb12u10',
    'Package: libstdc++6\nStatus: install ok installed\nArchitecture: amd64\nSource: gcc-12 (12.2.0-14)\nVersion: 12.2.0-14+deb12u1',
    'Package: git\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.39.5-0+deb12u2\nDescription: fast\n Source: none',
    'Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1.0',
  ].join('\n\n');
  expect(debianComponents({ status, release: '12' }).map(({ purl }) => decodeURIComponent(purl))).toEqual([
    'pkg:deb/debian/libc6@2.36-9+deb12u10?arch=amd64&distro=debian-12&upstream=glibc@2.36-9+deb12u10',
    'pkg:deb/debian/libstdc++6@12.2.0-14+deb12u1?arch=amd64&distro=debian-12&upstream=gcc-12@12.2.0-14',
    'pkg:deb/debian/git@1:2.39.5-0+deb12u2?arch=amd64&distro=debian-12&upstream=git@1:2.39.5-0+deb12u2',
  ]);
});

describe.skipIf(!hasDocker)('an image (skipped without Docker)', () => {
  // Of nothing but dpkg's files, as images without a package manager are.
  const make = (files: Record<string, string>): string => {
    const folder = mkdtempSync(join(tmpdir(), 'commandcenter-image-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const archive = execFileSync('tar', ['-C', folder, '-c', '.']);
    rmSync(folder, { recursive: true });
    const id = execFileSync('docker', ['import', '-'], { input: archive, encoding: 'utf8' }).trim();
    return id;
  };

  test.each([
    ['a status file', { 'var/lib/dpkg/status': paragraph('git') }, ['git']],
    [
      'one file for each package',
      { 'var/lib/dpkg/status.d/git': paragraph('git'), 'var/lib/dpkg/status.d/libc6': paragraph('libc6') },
      ['git', 'libc6'],
    ],
  ])('is read without being started, with %s', (_what, files, names) => {
    const image = make({ ...files, 'etc/os-release': 'PRETTY_NAME="Debian"\nVERSION_ID="12"\n' });
    try {
      const system = readImage(image);
      expect(system.release).toBe('12');
      const sbom = makeSbom(root, [system, system]);
      const found = sbom.components.filter(({ purl }) => purl.startsWith('pkg:deb/')).map(({ name }) => name);
      expect(found.sort()).toEqual(names);
    } finally {
      execFileSync('docker', ['rmi', image]);
    }
  });
});

function paragraph(name: string): string {
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n`;
}
