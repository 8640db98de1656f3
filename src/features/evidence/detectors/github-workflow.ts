import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { parseImage } from './docker-image.ts';
import { readYaml, type YamlValue } from './read-yaml.ts';
import { type FindingParts, findingsOf } from './source-lines.ts';

/** What the setup actions install, by action and by the input that holds its version. */
const SETUPS: Readonly<Record<string, { input: string; name: string }>> = {
  'actions/setup-node': { input: 'node-version', name: 'node' },
  'actions/setup-python': { input: 'python-version', name: 'python' },
  'actions/setup-go': { input: 'go-version', name: 'go' },
  'actions/setup-java': { input: 'java-version', name: 'java' },
  'ruby/setup-ruby': { input: 'ruby-version', name: 'ruby' },
  'shivammathur/setup-php': { input: 'php-version', name: 'php' },
  'denoland/setup-deno': { input: 'deno-version', name: 'deno' },
  'oven-sh/setup-bun': { input: 'bun-version', name: 'bun' },
  'pnpm/action-setup': { input: 'version', name: 'pnpm' },
  'dtolnay/rust-toolchain': { input: 'toolchain', name: 'rust' },
  'hashicorp/setup-terraform': { input: 'terraform_version', name: 'terraform' },
};

/** Workflows of GitHub Actions: actions, container images, and the versions that setup actions install. */
export const githubWorkflow: Detector = {
  id: 'github-workflow',
  matches: (path) =>
    /(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path) || /(^|\/)action\.ya?ml$/.test(path),
  parse(file) {
    const source = readYaml(file);
    const finding = findingsOf(file, source);
    const root = source.documents[0];
    if (!root) return [];
    const findings: Finding[] = [];
    for (const [, job] of root.get('jobs')?.entries() ?? []) {
      const matrix = job.get('strategy')?.get('matrix');
      findings.push(...readUses(job, matrix, finding), ...readImages(job, finding));
      for (const step of job.get('steps')?.items() ?? []) findings.push(...readUses(step, matrix, finding));
    }
    for (const step of root.get('runs')?.get('steps')?.items() ?? []) {
      findings.push(...readUses(step, undefined, finding));
    }
    return findings;
  },
};

type Build = (parts: FindingParts) => Finding;

const development = { scope: 'development' } as const;

function readUses(step: YamlValue, matrix: YamlValue | undefined, finding: Build): Finding[] {
  const uses = step.get('uses');
  const text = uses?.text();
  if (!uses || !text || text.startsWith('./')) return [];
  if (text.startsWith('docker://')) return imageOf(text.slice('docker://'.length), uses.line, finding);
  const [name = '', reference] = text.split('@', 2);
  if (!/^[\w.-]+\/[\w./-]+$/.test(name)) return [];
  const version = reference ?? null;
  const common = { ...development, line: uses.line, rule: 'github-action', confidence: confidence.action };
  const findings = [finding({ ...common, ecosystem: 'github-actions', name, version })];
  const setup = SETUPS[name];
  const input = setup ? step.get('with')?.get(setup.input) : undefined;
  if (setup && input) findings.push(...readSetup(setup.name, input, matrix, finding));
  return findings;
}

/** A version may be written out, a list, or taken from the matrix of the job. */
function readSetup(name: string, input: YamlValue, matrix: YamlValue | undefined, finding: Build): Finding[] {
  const text = input.text();
  if (text === null) return [];
  const from = /^\$\{\{\s*matrix\.([\w-]+)\s*\}\}$/.exec(text)?.[1];
  const source = from ? matrix?.get(from) : input;
  const versions = from
    ? (source?.items() ?? []).flatMap((item) => item.text() ?? [])
    : text.split(/\s*\n\s*/);
  const known = versions.filter((version) => version !== '' && !version.includes('${{'));
  if (!source || known.length === 0) return [];
  const version = known.join(', ');
  const rule = 'github-setup-version';
  const line = source.line;
  return [
    finding({
      ...development,
      ecosystem: 'runtime',
      name,
      version,
      line,
      rule,
      confidence: confidence.toolVersion,
    }),
  ];
}

function readImages(job: YamlValue, finding: Build): Finding[] {
  const found: Finding[] = [];
  const container = job.get('container');
  const image = container?.get('image') ?? container;
  const text = image?.text();
  if (image && text) found.push(...imageOf(text, image.line, finding));
  for (const [, service] of job.get('services')?.entries() ?? []) {
    const reference = service.get('image');
    const name = reference?.text();
    if (reference && name) found.push(...imageOf(name, reference.line, finding));
  }
  return found;
}

function imageOf(reference: string, line: number, finding: Build): Finding[] {
  const isKnown = !reference.includes('${{');
  const whole = isKnown ? reference : (/^([^$:]+):.*\$\{\{/.exec(reference)?.[1] ?? '');
  const image = parseImage(whole);
  if (!image) return [];
  const sure = isKnown ? confidence.image : confidence.imageDefault;
  const rule = 'github-image';
  return [finding({ ...development, ecosystem: 'docker', ...image, line, rule, confidence: sure })];
}
