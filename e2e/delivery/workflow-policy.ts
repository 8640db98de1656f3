import { parse } from 'yaml';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

interface Job {
  uses?: string;
  if?: string;
  'runs-on'?: string;
  'timeout-minutes'?: number;
  permissions?: Record<string, string> | string;
  environment?: string;
  secrets?: unknown;
  env?: Record<string, string>;
  steps?: Step[];
  strategy?: unknown;
}

interface Workflow {
  on: Record<string, { branches?: string[]; tags?: string[] } | null>;
  permissions?: Record<string, string> | string;
  concurrency?: { group?: string };
  defaults?: { run?: { shell?: string } };
  jobs: Record<string, Job>;
}

// What a job may write, and nothing else may: each line is a decision.
const MAY_WRITE: Record<string, string[]> = {
  'publish.yml build': ['packages'],
  'publish.yml scan': ['security-events'],
  'publish.yml sign': ['packages', 'id-token'],
  'release.yml release': ['contents', 'packages'],
  'security.yml advisories': ['security-events'],
  'security.yml image': ['security-events'],
  'security.yml code': ['security-events'],
};
const TRIGGERS = ['push', 'pull_request', 'workflow_call', 'workflow_dispatch', 'schedule'];
const RUNNERS = ['ubuntu-24.04', 'ubuntu-24.04-arm', `\${{ matrix.runner }}`];
const LONGEST_MINUTES = 90;
const PINNED = /uses:\s+[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+(-\d+-g[0-9a-f]+)?$/;
const LOCAL = /uses:\s+\.\/\.github\/workflows\/[\w-]+\.yml$/;
const PUBLISHES =
  /docker (image )?push|images\.ts (push|join)|imagetools create|cosign (sign|attest)|gh release|deploy-over-ssh/;
const BY_DIGEST = /@\$\{\{ (needs|steps)\.[\w-]+\.outputs(\.[\w-]+|\[.+\]) \}\}$/;

/** What a workflow does against the rules of the repository, as sentences. */
export function findViolations(file: string, text: string): string[] {
  const workflow = parse(text, { merge: true }) as Workflow;
  return [
    ...checkUses(text),
    ...checkWorkflow(workflow),
    ...Object.entries(workflow.jobs).flatMap(([name, job]) =>
      [
        ...checkPermissions(`${file} ${name}`, job),
        ...checkMachine(job),
        ...checkSteps(job),
        ...checkSecrets(workflow, job),
        ...checkPublishing(workflow, job),
      ].map((says) => `${name}: ${says}`),
    ),
  ].map((says) => `${file}: ${says}`);
}

function checkUses(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^\s*(- )?uses:/.test(line) && !PINNED.test(line) && !LOCAL.test(line))
    .map((line) => `"${line.trim()}" names no commit of 40 digits with its version as a comment`);
}

function checkWorkflow({ on, permissions, concurrency, defaults }: Workflow): string[] {
  const found: string[] = [];
  const bad = Object.keys(on).filter((trigger) => !TRIGGERS.includes(trigger));
  if (bad.length > 0) found.push(`is triggered by ${bad.join(', ')}`);
  if (typeof permissions !== 'object' || Object.keys(permissions).length > 0) {
    found.push('must begin without permissions (permissions: {})');
  }
  if (!concurrency?.group) found.push('names no concurrency group');
  if (defaults?.run?.shell !== 'bash') found.push('must run bash, which then fails with any part of a pipe');
  return found;
}

function checkPermissions(key: string, { permissions }: Job): string[] {
  if (typeof permissions !== 'object') return ['must list its permissions'];
  const wanted = Object.entries(permissions).filter(([, access]) => access === 'write');
  const extra = wanted.filter(([scope]) => !MAY_WRITE[key]?.includes(scope));
  return extra.map(([scope]) => `may not write ${scope}`);
}

function checkMachine(job: Job): string[] {
  if (job.uses) return [];
  const found: string[] = [];
  const minutes = job['timeout-minutes'];
  if (!minutes || minutes > LONGEST_MINUTES)
    found.push(`needs a timeout of at most ${LONGEST_MINUTES} minutes`);
  if (!RUNNERS.includes(job['runs-on'] ?? '')) found.push(`runs on ${job['runs-on']}`);
  for (const [, label = ''] of JSON.stringify(job.strategy ?? {}).matchAll(/"(ubuntu-[^"]+)"/g)) {
    if (!RUNNERS.includes(label)) found.push(`runs on ${label}`);
  }
  return found;
}

function checkSteps({ steps = [] }: Job): string[] {
  return steps.flatMap((step) => {
    const found: string[] = [];
    // A value reaches a script by its environment, where it is data and never a part of the script.
    if (step.run?.includes('${{')) found.push(`writes an expression into a script: ${step.run.trim()}`);
    if (step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false) {
      found.push('leaves its token in the checkout (persist-credentials: false)');
    }
    return found;
  });
}

function checkSecrets(workflow: Workflow, job: Job): string[] {
  if (job.secrets !== undefined) return ['passes secrets on to another workflow'];
  if (!/\bsecrets\s*[.[]/.test(JSON.stringify(job))) return [];
  if ('pull_request' in workflow.on || 'workflow_call' in workflow.on) {
    return ['uses a secret where a pull request runs'];
  }
  return job.environment ? [] : ['uses a secret outside of an environment'];
}

/** What others see or run comes from main or a version tag, and is named by its digest. */
function checkPublishing(workflow: Workflow, job: Job): string[] {
  const scripts = (job.steps ?? []).map(({ run = '' }) => run).join('\n');
  const writes = typeof job.permissions === 'object' && job.permissions['packages'] === 'write';
  if (!PUBLISHES.test(scripts) && !writes && job.environment === undefined) return [];
  const found: string[] = [];
  const { push, ...others } = workflow.on;
  const onMain = push?.branches?.join() === 'main' && !push.tags;
  const onTag = push?.tags?.every((tag) => tag.startsWith('v')) === true && !push.branches;
  if (Object.keys(others).length > 0 || !(onMain || onTag)) {
    found.push('publishes or deploys from something else than main or a version tag');
  }
  if (job.if !== (onTag ? "startsWith(github.ref, 'refs/tags/v')" : "github.ref == 'refs/heads/main'")) {
    found.push('publishes or deploys without asking for the ref itself (if:)');
  }
  if (JSON.stringify(job.steps).includes('"cache":')) found.push('fills what it publishes from a cache');
  if (/deploy-over-ssh/.test(scripts)) {
    const images = [job.env?.['IMAGE'], job.env?.['WEB_IMAGE']];
    if (!images.every((image) => BY_DIGEST.test(image ?? '')))
      found.push('deploys an image without its digest');
    if (scripts.indexOf('verify-signatures') < 0) found.push('deploys what it has not verified');
  }
  for (const { env = {}, run = '' } of job.steps ?? []) {
    if (!/cosign (sign|attest)/.test(run)) continue;
    if (!Object.values(env).every((image) => BY_DIGEST.test(image)))
      found.push('signs an image without its digest');
  }
  return found;
}
