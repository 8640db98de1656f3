import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  findAffected,
  fixedVersions,
  keyOf,
  type Package,
  readAdvisories,
  type Severity,
  severityOf,
} from './advisories.ts';
import { makeSbom, type Sbom } from './make-sbom.ts';
import { isValid, readWaivers, type Waiver } from './waivers.ts';

export interface Finding extends Package {
  id: string;
  aliases: string[];
  severity: Severity;
  summary: string;
  fixed: string[];
  waiver?: Waiver;
}

/** What the components of an SBOM are vulnerable to, by the advisories of a folder. */
export function scan(sbom: Sbom, folder: string, waivers: Waiver[]): Finding[] {
  const packages = sbom.components.flatMap(({ purl }) => packageOf(purl) ?? []);
  const advisories = readAdvisories(folder, new Set(packages.map(keyOf)));
  const findings = packages.flatMap((found) =>
    (advisories.get(keyOf(found)) ?? []).flatMap((advisory): Finding[] => {
      const affected = findAffected(advisory, found);
      if (!affected) return [];
      const names = [advisory.id, ...(advisory.aliases ?? [])];
      const waiver = waivers.find(({ id, package: name }) => names.includes(id) && name === found.name);
      return [
        {
          ...found,
          id: advisory.id,
          aliases: advisory.aliases ?? [],
          severity: severityOf(advisory, affected),
          summary: advisory.summary ?? advisory.details?.split('\n')[0] ?? advisory.id,
          fixed: fixedVersions(affected),
          ...(waiver && { waiver }),
        },
      ];
    }),
  );
  // Several Debian packages come from one source.
  return [...new Map(findings.map((one) => [`${one.id} ${keyOf(one)} ${one.version}`, one])).values()];
}

/** The package that a purl means, as advisories name it: for Debian that is the source. */
export function packageOf(purl: string): Package | undefined {
  const [, type, path = '', version = '', query = ''] =
    /^pkg:(\w+)\/([^@]+)@([^?]+)(?:\?(.*))?$/.exec(purl) ?? [];
  const name = decodeURIComponent(path);
  if (type === 'npm') return { ecosystem: 'npm', name, version: decodeURIComponent(version) };
  const qualifiers = new URLSearchParams(query);
  const [, source, sourceVersion] = /^([^@]+)@(.+)$/.exec(qualifiers.get('upstream') ?? '') ?? [];
  const release = /^debian-(\d+)$/.exec(qualifiers.get('distro') ?? '')?.[1];
  if (type !== 'deb' || !source || !sourceVersion || !release) return undefined;
  return { ecosystem: `Debian:${release}`, name: source, version: sourceVersion };
}

const SEVERITIES: Severity[] = ['unknown', 'low', 'medium', 'high', 'critical'];

/** Whether a finding has to stop a delivery: bad enough, and no waiver for it is valid. */
export function stops({ severity, waiver }: Finding, least: Severity = 'high', today?: string): boolean {
  const bad = SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
  return bad && !(waiver && isValid(waiver, today));
}

/** The findings as SARIF 2.1.0, for code scanning. */
export function toSarif(findings: Finding[], today?: string): object {
  const rules = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'commandcenter-scan',
            rules: rules.map(({ id, summary, severity }) => ({
              id,
              shortDescription: { text: summary },
              helpUri: `https://osv.dev/vulnerability/${id}`,
              properties: { tags: ['security', severity] },
            })),
          },
        },
        results: findings.map((finding) => ({
          ruleId: finding.id,
          level: stops(finding, 'high', today) ? 'error' : 'warning',
          message: { text: describe(finding, today) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: finding.ecosystem === 'npm' ? 'package-lock.json' : 'deploy/docker/server.Dockerfile',
                },
                region: { startLine: 1 },
              },
            },
          ],
          ...(finding.waiver && !stops(finding, 'high', today)
            ? { suppressions: [{ kind: 'external', justification: finding.waiver.reason }] }
            : {}),
        })),
      },
    ],
  };
}

function describe(finding: Finding, today?: string): string {
  const { id, name, version, severity, summary, fixed, waiver } = finding;
  const remedy = fixed.length > 0 ? `fixed in ${fixed.join(', ')}` : 'no fix yet';
  const ended = waiver && (isValid(waiver, today) ? 'waived until' : 'its waiver ended on');
  return `${severity} ${name} ${version}: ${id} ${summary} (${remedy}${waiver ? `; ${ended} ${waiver.expires}` : ''})`;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      advisories: { type: 'string', default: process.env['ADVISORIES'] ?? '' },
      sbom: { type: 'string' },
      severity: { type: 'string', default: 'unknown' },
      waivers: { type: 'string', default: 'security/waivers.json' },
      sarif: { type: 'string' },
    },
  });
  const least = SEVERITIES.find((severity) => severity === values.severity);
  if (!least) throw new Error(`--severity must be one of ${SEVERITIES.join(', ')}.`);
  if (!existsSync(values.advisories)) {
    throw new Error(
      'Name a folder of advisories in the OSV format, by --advisories FOLDER or ADVISORIES=FOLDER. ' +
        'They come from https://osv.dev (docs/delivery.md); without them nothing can be checked.',
    );
  }
  const sbom = values.sbom
    ? (JSON.parse(readFileSync(values.sbom, 'utf8')) as Sbom)
    : makeSbom(process.cwd());
  const findings = scan(sbom, values.advisories, readWaivers(values.waivers));
  if (values.sarif) writeFileSync(values.sarif, `${JSON.stringify(toSarif(findings), null, 2)}\n`);
  for (const finding of findings) process.stdout.write(`${describe(finding)}\n`);
  const stopping = findings.filter((finding) => stops(finding, least)).length;
  process.stdout.write(
    `${sbom.components.length} components, ${findings.length} findings, ${stopping} that stop a delivery\n`,
  );
  if (stopping > 0) process.exitCode = 1;
}

if (import.meta.main) {
  try {
    main();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}
