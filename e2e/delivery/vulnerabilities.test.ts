import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { severityOf } from '../../scripts/delivery/advisories.ts';
import { compareDebianVersions } from '../../scripts/delivery/debian-version.ts';
import type { Component, Sbom } from '../../scripts/delivery/make-sbom.ts';
import { debianComponents } from '../../scripts/delivery/make-sbom.ts';
import { scan, stops, toSarif } from '../../scripts/delivery/scan-vulnerabilities.ts';
import { grypeConfiguration, readWaivers, type Waiver } from '../../scripts/delivery/waivers.ts';

const root = join(import.meta.dirname, '../..');
const advisories = join(import.meta.dirname, 'fixtures/advisories');
const folder = mkdtempSync(join(tmpdir(), 'commandcenter-scan-'));

const npm = (name: string, version: string): Component => {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { 'bom-ref': purl, type: 'library', name, version, purl };
};
const debian = (name: string, version: string, source: string, release = '12'): Component[] =>
  debianComponents({
    release,
    status: `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${source}\nVersion: ${version}\n`,
  });
const bill = (...components: Component[]): Sbom => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  metadata: { component: npm('product', '1.0.0') },
  components,
  dependencies: [],
});
const waiver = (expires: string): Waiver => ({
  id: 'CVE-2026-10001',
  package: 'left-of-center',
  reason: 'The function that is vulnerable is called nowhere.',
  expires,
});
const found = (...components: Component[]): string[] =>
  scan(bill(...components), advisories, []).map(({ id, severity }) => `${id} ${severity}`);

describe('what is vulnerable', () => {
  test.each([
    ['0.1.0', true],
    ['1.4.1', true],
    ['1.4.2', false],
    ['1.10.0', false],
    ['2.0.0-alpha.1', false],
    ['2.0.0-beta.1', true],
    ['2.9.9', true],
    ['2.10.0-rc.1', true],
    ['2.10.0', false],
  ])('an npm package by its range: %s is %s', (version, vulnerable) => {
    expect(found(npm('left-of-center', version))).toEqual(vulnerable ? ['GHSA-test-npm1-rnge high'] : []);
  });

  test('an npm package up to the last version that is affected, with a scope in its name', () => {
    const of = (version: string): string[] => found(npm('@scope/right-of-center', version));
    expect([of('3.0.9'), of('3.1.0'), of('3.4.0'), of('3.4.1')].map(({ length }) => length)).toEqual([
      0, 1, 1, 0,
    ]);
    expect(of('3.2.0')).toEqual(['GHSA-test-npm2-last medium']);
  });

  test('a malicious version is critical, and only that version', () => {
    expect(found(npm('left-of-center', '2.99.0'))).toEqual(['MAL-2026-0001 critical']);
    expect(found(npm('left-of-center', '2.99.1'))).toEqual([]);
  });

  test('a Debian package by its source, its release and the order of Debian versions', () => {
    const of = (version: string, release?: string): string[] =>
      found(...debian('libmiddle3', version, 'middlessl', release));
    expect(of('3.0.9-1+deb12u1')).toEqual(['DEBIAN-CVE-2026-20002 high']);
    expect(of('3.0.9-1+deb12u2~1')).toHaveLength(1);
    expect(of('3.0.9-1+deb12u2')).toEqual([]);
    expect(of('3.0.10-1')).toEqual([]);
    expect(of('3.1.0-1', '13')).toHaveLength(1);
    expect(of('3.1.0-1', '11')).toEqual([]);
  });

  test('the version of the source counts where it differs, and two packages of one source are one finding', () => {
    const [one] = debian('libmiddle3', '9:9.9', 'middlessl (3.0.1-1)');
    const [other] = debian('middlessl-tools', '3.0.1-1+b2', 'middlessl (3.0.1-1)');
    expect(found(...(one && other ? [one, other] : []))).toHaveLength(1);
  });

  test('a folder without advisories is an error and never a pass', () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    expect(() => scan(bill(npm('left-of-center', '1.0.0')), empty, [])).toThrow('nothing would be checked');
  });
});

describe('the gate', () => {
  const of = (...waivers: Waiver[]) => scan(bill(npm('left-of-center', '1.0.0')), advisories, waivers)[0];

  test('high and critical stop, unless a waiver is valid on that day', () => {
    const finding = of();
    const waived = of(waiver('2026-12-31'));
    if (!finding || !waived) throw new Error('nothing found');
    expect(stops(finding, 'high', '2026-12-01')).toBe(true);
    expect(stops(finding, 'critical', '2026-12-01')).toBe(false);
    expect(stops(waived, 'high', '2026-12-31')).toBe(false);
    expect(stops(waived, 'high', '2027-01-01')).toBe(true);
  });

  test('a waiver counts for its package alone', () => {
    expect(of({ ...waiver('2026-12-31'), package: 'another' })?.waiver).toBeUndefined();
  });

  test.each<[string, Partial<Waiver>, string]>([
    ['without a reason', { reason: 'later' }, 'must say why'],
    ['without an end', { expires: 'never' }, 'must end on a day'],
    ['that lasts for years', { expires: '2030-01-01' }, 'at the latest'],
    ['of everything', { package: '' }, 'must name an advisory'],
  ])('a waiver %s is refused', (_what, change, says) => {
    const path = join(folder, 'refused.json');
    writeFileSync(path, JSON.stringify([{ ...waiver('2026-12-31'), ...change }]));
    expect(() => readWaivers(path, '2026-12-01')).toThrow(says);
  });

  test('Grype is told of valid waivers only', () => {
    const text = grypeConfiguration(
      [waiver('2026-12-31'), { ...waiver('2026-11-01'), id: 'CVE-1' }],
      '2026-12-01',
    );
    expect(JSON.parse(text)).toEqual({
      ignore: [
        { vulnerability: 'CVE-2026-10001', package: { name: 'left-of-center' }, reason: waiver('').reason },
      ],
    });
  });

  test('the waivers of this repository are in order', () => {
    expect(() => readWaivers(join(root, 'security/waivers.json'))).not.toThrow();
  });

  test('as a command it fails on a planted vulnerable package, writes SARIF, and passes with a waiver', () => {
    const sbom = join(folder, 'sbom.json');
    const waivers = join(folder, 'waivers.json');
    const sarif = join(folder, 'result.sarif');
    writeFileSync(sbom, JSON.stringify(bill(npm('left-of-center', '1.0.0'), npm('fastify', '5.0.0'))));
    const run = (...words: string[]) =>
      spawnSync(
        process.execPath,
        [
          'scripts/delivery/scan-vulnerabilities.ts',
          ...['--sbom', sbom, '--waivers', waivers, '--severity', 'high', '--sarif', sarif, ...words],
        ],
        { cwd: root, encoding: 'utf8', env: { ...process.env, ADVISORIES: advisories } },
      );
    writeFileSync(waivers, '[]');
    const failed = run();
    expect(failed.status).toBe(1);
    expect(failed.stdout).toContain('high left-of-center 1.0.0: GHSA-test-npm1-rnge');
    expect(failed.stdout).toContain('fixed in 1.4.2, 2.10.0');
    const written = JSON.parse(readFileSync(sarif, 'utf8')) as { runs: { results: { level: string }[] }[] };
    expect(written.runs[0]?.results.map(({ level }) => level)).toEqual(['error']);

    const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    writeFileSync(waivers, JSON.stringify([waiver(soon)]));
    expect(run().status).toBe(0);
    const gone = run('--advisories', join(folder, 'nowhere'));
    expect(gone.status).toBe(2);
    expect(gone.stderr).toContain('nothing can be checked');
  });

  test('SARIF tells what is waived and why', () => {
    const findings = scan(bill(npm('left-of-center', '1.0.0')), advisories, [waiver('2026-12-31')]);
    expect(toSarif(findings, '2026-12-01')).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { rules: [{ id: 'GHSA-test-npm1-rnge' }] } },
          results: [
            {
              ruleId: 'GHSA-test-npm1-rnge',
              level: 'warning',
              suppressions: [{ kind: 'external', justification: waiver('').reason }],
              locations: [{ physicalLocation: { artifactLocation: { uri: 'package-lock.json' } } }],
            },
          ],
        },
      ],
    });
  });
});

test.each([
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 'critical'],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 'medium'],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', 'high'],
  ['CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 'low'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 'critical'],
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N', 'low'],
  ['AV:N/AC:L/Au:N/C:P/I:P/A:P', 'high'],
  // Nobody knows how bad: somebody has to look.
  ['CVSS:3.1/AV:N', 'high'],
  ['CVSS:9.9/AV:N', 'high'],
])('an advisory that says no more than %s is %s', (score, severity) => {
  expect(severityOf({ id: 'X', severity: [{ type: 'CVSS', score }] }, {})).toBe(severity);
});

test('the worst of several vectors counts, and none is unknown', () => {
  const vector = (score: string) => ({ type: 'CVSS', score });
  const mild = vector('CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N');
  const grave = vector('CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N');
  expect(severityOf({ id: 'X', severity: [mild] }, {})).toBe('medium');
  expect(severityOf({ id: 'X', severity: [mild, grave] }, {})).toBe('critical');
  expect(severityOf({ id: 'X' }, {})).toBe('unknown');
});

test.skipIf(!existsSync('/usr/bin/dpkg'))('Debian versions are ordered as dpkg orders them', () => {
  const part = fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,5}$/);
  const version = fc
    .tuple(
      fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      part,
      fc.option(part, { nil: undefined }),
    )
    .map(([epoch, upstream, revision]) =>
      [epoch === undefined ? '' : `${epoch}:`, upstream, revision === undefined ? '' : `-${revision}`].join(
        '',
      ),
    );
  const isOlder = (a: string, b: string): boolean =>
    spawnSync('dpkg', ['--compare-versions', a, 'lt', b]).status === 0;
  const check = (a: string, b: string): void => {
    const order = compareDebianVersions(a, b);
    expect([order < 0, order > 0], `${a} and ${b}`).toEqual([isOlder(a, b), isOlder(b, a)]);
  };
  for (const [a, b] of [
    ['1.0', '1.0-0'],
    ['1.0~rc1', '1.0'],
    ['1.0~~', '1.0~'],
    ['1:1.0', '2.0'],
    ['1.0+b1', '1.0a'],
    ['1.10', '1.9'],
    ['3.0.9-1+deb12u10', '3.0.9-1+deb12u9'],
    ['1.0-1', '1.0-1.1'],
    ['007', '7'],
  ]) {
    if (a && b) check(a, b);
  }
  fc.assert(fc.property(version, version, check), { numRuns: 150 });
});
