import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
const targets = [...makefile.matchAll(/^([a-z][a-z-]*):(?!=)/gm)].map((match) => match[1] ?? '');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'commandcenter-make-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs make apart from a make that runs this test. */
function make(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { MAKEFLAGS: _flags, MAKELEVEL: _level, ...env } = process.env;
  return spawnSync('make', args, { cwd: root, encoding: 'utf8', env });
}

describe('the Makefile', () => {
  test('has a target for what an operator and a developer do', () => {
    const wanted = ['images', 'up', 'down', 'logs', 'deploy-prod', 'deploy-prod-update', 'ci'];
    const checks = ['security-scan', 'security-scan-critical', 'setup-hooks', 'run-hooks'];
    expect(targets).toEqual(expect.arrayContaining([...wanted, ...checks]));
  });

  test('lists every target that is meant for people', () => {
    const { stdout } = make('help');
    const listed = [...stdout.matchAll(/^ {2}make ([a-z-]+) /gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual(targets.filter((target) => !target.startsWith('needs-')).sort());
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  test.each(targets.filter((target) => !target.startsWith('needs-')))(
    'make %s is a call that exists',
    (target) => {
      writeFileSync(join(folder, '.env'), 'COMPOSE_PROJECT_NAME=radar\n');
      const plan = make('-n', target, `DIR=${folder}`, 'IMAGE=a:1', 'WEB_IMAGE=b:1');
      expect(plan).toMatchObject({ status: 0, stderr: '' });
      expect(plan.stdout.trim()).not.toBe('');
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      const called = [...plan.stdout.matchAll(/npm run (?:--silent )?([a-z:]+)/g)].map(
        (match) => match[1] ?? '',
      );
      expect(called.filter((script) => !(script in scripts))).toEqual([]);
    },
  );

  test('a deploy gives its folder and images to the command line', () => {
    writeFileSync(join(folder, '.env'), 'COMPOSE_PROJECT_NAME=radar\n');
    expect(make('-n', 'deploy-prod', `DIR=${folder}`, 'OPTIONS=--allow-tags').stdout).toContain(
      `bin/commandcenter deploy "${folder}" --allow-tags\n`,
    );
    expect(make('-n', 'deploy-prod-update', `DIR=${folder}`, 'IMAGE=a:1', 'WEB_IMAGE=b:1').stdout).toContain(
      `bin/commandcenter deploy "${folder}" --image "a:1" --web-image "b:1"`,
    );
  });
});

describe('a deploy that lacks something says what, before anything is built or run', () => {
  test.each(['deploy-prod', 'deploy-prod-update'])('%s without a folder', (target) => {
    const refused = make(target);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain(`Say which installation: make ${target} DIR=/srv/radar`);
  });

  test.each(['deploy-prod', 'deploy-prod-update'])('%s with a folder that is no installation', (target) => {
    rmSync(join(folder, '.env'), { force: true });
    const refused = make(target, `DIR=${folder}`, 'IMAGE=a:1', 'WEB_IMAGE=b:1');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain(`${folder} holds no .env`);
    expect(refused.stderr).toContain(`bin/commandcenter init ${folder} --domain`);
  });

  test('deploy-prod-update without images', () => {
    writeFileSync(join(folder, '.env'), 'COMPOSE_PROJECT_NAME=radar\n');
    for (const given of [[], ['IMAGE=a:1'], ['WEB_IMAGE=b:1']]) {
      const refused = make('deploy-prod-update', `DIR=${folder}`, ...given);
      expect(refused).toMatchObject({ status: 2, stdout: '' });
      expect(refused.stderr).toContain('Say which images');
    }
  });
});
