import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFault } from '../../scripts/delivery/check-files.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;

const run = (program: string, ...words: string[]) => {
  // Nothing of the user's git, and nothing of a hook in which the tests may be run.
  const env: NodeJS.ProcessEnv = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GIT_|LEFTHOOK)/.test(name)),
  );
  Object.assign(env, { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', NO_COLOR: '1' });
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: folder, encoding: 'utf8', env });
  return { status, says: `${stdout}${stderr}` };
};
const git = (...words: string[]) => run('git', ...words);

const privateKey = (type: 'ec' | 'rsa'): string => {
  const pair =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return pair.privateKey.export({ format: 'pem', type: type === 'ec' ? 'sec1' : 'pkcs1' }).toString();
};
// Made when the test runs: this file holds no secret and nothing that looks like one.
const githubToken = `ghp_${randomBytes(60)
  .toString('base64')
  .replace(/[^A-Za-z0-9]/g, '')
  .slice(0, 36)}`;
const password = randomBytes(9).toString('hex');
const conflict = `${'<'.repeat(7)} HEAD\nmine\n${'='.repeat(7)}\nyours\n${'>'.repeat(7)} branch\n`;

/** A repository with the project's tools and configuration. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'commandcenter-hooks-'));
  for (const path of ['lefthook.yml', '.secretlintrc.json', 'biome.json', '.gitignore', 'scripts/delivery']) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.email', 'developer@example.org');
  git('config', 'user.name', 'Developer');
  writeFileSync(join(folder, '.git/info/exclude'), 'node_modules\n');
  git('add', '.');
  expect(git('commit', '--quiet', '--message', 'begin').status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const secrets = (): [string, string][] => [
  ['a private key', privateKey('rsa')],
  ['a short private key', privateKey('ec')],
  ['a token of GitHub', `const token = '${githubToken}';\n`],
  ['a password in the address of a database', `postgres://app:${password}@db.internal:5432/app\n`],
  ['a password in a URL', `https://robot:${password}@git.acme.com/app.git\n`],
];

describe('npm run secrets', () => {
  const search = (...words: string[]) => run(process.execPath, 'scripts/delivery/find-secrets.ts', ...words);

  test('passes where there is none', () => {
    expect(search()).toMatchObject({ status: 0 });
    expect(search('--history')).toMatchObject({ status: 0 });
  });

  test('finds every planted secret and does not print it', () => {
    for (const [what, text] of secrets()) {
      writeFileSync(join(folder, 'planted.txt'), text);
      git('add', 'planted.txt');
      const { status, says } = search();
      expect(status, what).toBe(1);
      expect(says, what).toContain('planted.txt');
      expect(says, what).not.toContain(githubToken);
      expect(says, what).not.toContain(password);
    }
    git('rm', '--quiet', '--force', 'planted.txt');
  });

  test('finds one that only the history holds', () => {
    writeFileSync(join(folder, 'planted.txt'), secrets()[2]?.[1] ?? '');
    git('checkout', '--quiet', '-b', 'planted');
    git('add', 'planted.txt');
    git('commit', '--quiet', '--message', 'plant');
    git('rm', '--quiet', 'planted.txt');
    git('commit', '--quiet', '--message', 'remove');
    expect(search().status).toBe(0);
    expect(search('--history').status).toBe(1);
    git('checkout', '--quiet', 'main');
    git('branch', '--quiet', '-D', 'planted');
    git('reflog', 'expire', '--expire=now', '--all');
    git('gc', '--quiet', '--prune=now');
    expect(search('--history').status).toBe(0);
  });
});

describe('the hooks', () => {
  beforeAll(() => {
    const { status, says } = run('node_modules/.bin/lefthook', 'install');
    expect(status, says).toBe(0);
  });

  const commit = (path: string, text: string | Buffer) => {
    writeFileSync(join(folder, path), text);
    git('add', path);
    const result = git('commit', '--message', 'change');
    git('reset', '--quiet', 'HEAD', '--', path);
    return result;
  };
  const head = (): string => git('rev-parse', 'HEAD').says.trim();

  test('let an ordinary change through', () => {
    const before = head();
    expect(commit('fine.ts', 'export const fine = 1;\n')).toMatchObject({ status: 0 });
    expect(head()).not.toBe(before);
  });

  test('refuse every planted secret', () => {
    const before = head();
    for (const [what, text] of secrets()) {
      expect(commit('planted.txt', text).status, what).not.toBe(0);
    }
    expect(head()).toBe(before);
  });

  test.each([
    ['a conflict that is not resolved', 'notes.md', conflict, 'merge conflict'],
    ['a large file', 'large.bin', randomBytes(1024 * 1024 + 1), 'belongs in no commit'],
    ['code that is not formatted', 'ugly.ts', 'export   const ugly = "1"\n', 'ugly.ts'],
  ])('refuse %s', (_what, path, text, says) => {
    const before = head();
    const refused = commit(path, text);
    expect(refused.status).not.toBe(0);
    expect(refused.says).toContain(says);
    expect(head()).toBe(before);
  });

  test('look at what is committed, not at what else is in the folder', () => {
    writeFileSync(join(folder, 'untracked.md'), conflict);
    expect(commit('second.ts', 'export const second = 2;\n').status).toBe(0);
  });
});

test('a heading that is underlined is no conflict, and a public key no private one', () => {
  const path = join(folder, 'heading.md');
  const { publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, `Heading\n=======\n\n${publicKey.export({ format: 'pem', type: 'spki' })}`);
  expect(findFault(path)).toBeUndefined();
});

test('no hook is installed by npm install: the scripts of packages do not run', () => {
  const config = execFileSync('npm', ['config', 'get', 'ignore-scripts'], { cwd: root, encoding: 'utf8' });
  expect(config.trim()).toBe('true');
});
