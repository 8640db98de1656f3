import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Every page that is or will be in the repository. */
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((page) => existsSync(join(root, page)));

/** Relative links of a page that lead to no file or to no heading of it. */
function brokenLinks(page: string, markdown: string): string[] {
  const text = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', heading] = link.split('#');
    const target = join(root, dirname(page), path);
    if (path !== '' && !existsSync(target)) return true;
    return heading !== undefined && !headingsOf(path === '' ? markdown : read(target)).has(heading);
  });
}

const read = (path: string): string => readFileSync(path, 'utf8');

/** The anchors that GitHub makes of headings. */
function headingsOf(markdown: string): Set<string> {
  const headings = [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)];
  return new Set(
    headings.map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The lines of a page's shell blocks, continued ones as one, without comments. */
function shellLines(markdown: string): string[] {
  return [...markdown.matchAll(/^```(?:sh|bash|shell)\n([\s\S]*?)^```/gm)].flatMap((block) =>
    (block[1] ?? '')
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
      .filter((line) => line !== ''),
  );
}

const helps = new Map<string, string>();
function helpOf(...command: string[]): string {
  const key = command.join(' ');
  const known = helps.get(key);
  if (known !== undefined) return known;
  const argv = [join(root, 'dist/server/cli.js'), ...command, '--help'];
  const help = execFileSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  helps.set(key, help);
  return help;
}

const commandsIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}([a-z][a-z-]+)(?: |$)/gm)].map((match) => match[1] ?? '');

const targets = new Set(
  [...read(join(root, 'Makefile')).matchAll(/^([a-z][a-z-]*):(?!=)/gm)].map((match) => match[1] ?? ''),
);

/** What a line of shell asks of the command line or the Makefile that is not there. */
function unknownIn(line: string): string[] {
  const unknown: string[] = [];
  for (const [, words = ''] of line.matchAll(/(?:^|[\s(/])commandcenter((?: +[^|;&)<>]+)+)/g)) {
    const [name = '', ...rest] = words.trim().split(/\s+/);
    if (!/^[a-z][a-z-]+$/.test(name)) continue;
    if (!commandsIn(helpOf()).includes(name)) unknown.push(`commandcenter ${name}`);
    else unknown.push(...unknownOptions(name, rest));
  }
  for (const [, words = ''] of line.matchAll(/(?:^|[;&|] *)make((?: +\S+)+)/g)) {
    const named = words
      .trim()
      .split(/\s+/)
      .filter((word) => /^[a-z][a-z-]*$/.test(word));
    unknown.push(...named.filter((target) => !targets.has(target)).map((target) => `make ${target}`));
  }
  return unknown;
}

function unknownOptions(name: string, words: string[]): string[] {
  const own = commandsIn(helpOf(name));
  const command = words[0] !== undefined && own.includes(words[0]) ? [name, words[0]] : [name];
  const help = helpOf(...command);
  return words
    .filter((word) => /^--[a-z]/.test(word))
    .map((word) => word.replace(/=.*/, ''))
    .filter((option) => !new RegExp(`(^|[ ,])${option}(?![a-z-])`, 'm').test(help))
    .map((option) => `commandcenter ${command.join(' ')} ${option}`);
}

describe('documentation', () => {
  test('there are pages to look at', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/ARCHITECTURE.md', 'docs/install.md']));
  });

  test.each(pages)('%s: every relative link leads somewhere', (page) => {
    expect(brokenLinks(page, read(join(root, page)))).toEqual([]);
  });

  test.each(pages)('%s: commands in shell blocks exist, with their options', (page) => {
    expect(shellLines(read(join(root, page))).flatMap(unknownIn)).toEqual([]);
  });

  test('docs/requirements.md has every row once, and names tests that there are', () => {
    const text = read(join(root, 'docs/requirements.md'));
    const rows = [...text.matchAll(/^\| ([\d–, ]+) \|/gm)].flatMap(([, cell = '']) =>
      cell.split(', ').flatMap((part) => {
        const [first = 0, last = first] = part.split('–').map(Number);
        return Array.from({ length: last - first + 1 }, (_, n) => first + n);
      }),
    );
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 121 }, (_, n) => n + 1));
    const named = [...text.matchAll(/`([^`\s]+\.test\.ts)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('a link to nowhere, an unknown command, option or target is found', () => {
    const page = 'docs/planted.md';
    expect(
      brokenLinks(page, '# Here\n[a](cli.md) [b](nowhere.md) [c](cli.md#no) [d](#here) [e](https://x.y)'),
    ).toEqual(['nowhere.md', 'cli.md#no']);
    const block =
      '```sh\nbin/commandcenter dance\ncommandcenter drift --loud --json | head # commandcenter sing\n```';
    expect(shellLines(block).flatMap(unknownIn)).toEqual([
      'commandcenter dance',
      'commandcenter drift --loud',
    ]);
    expect(unknownIn('cd x && make help party PORT=3')).toEqual(['make party']);
  });

  test('every page of docs/ is linked from the README or from a page that is', () => {
    const reached = new Set<string>();
    const queue = ['README.md'];
    for (const page of queue) {
      if (reached.has(page) || !existsSync(join(root, page))) continue;
      reached.add(page);
      const links = [...read(join(root, page)).matchAll(/\]\(([^)\s#]+\.md)(?:#[^)]*)?\)/g)];
      queue.push(...links.map((match) => join(dirname(page), match[1] ?? '')));
    }
    const lost = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page) && !reached.has(page));
    expect(lost).toEqual([]);
  });
});
