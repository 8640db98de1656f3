import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Mirror, openTree } from '#platform/git/index.ts';
import { createTestRepository } from '#testing/git-repository.ts';
import { readAttributes } from './attributes.ts';
import {
  classifyContent,
  classifyName,
  hasGeneratedName,
  isDocumentation,
  isVendored,
  languageNamed,
} from './classify-file.ts';
import { compileLinguist } from './compile-linguist.ts';
import { convertPattern } from './convert-pattern.ts';
import { countLanguages } from './count-languages.ts';
import linguist from './linguist.json' with { type: 'json' };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const classify = (path: string, sample?: string) => classifyContent(classifyName(path), sample);

describe("Linguist's data", () => {
  test('is that of the installed package; otherwise run compile-linguist.ts', () => {
    expect(linguist).toEqual(JSON.parse(JSON.stringify(compileLinguist())));
  });

  test('holds only patterns that JavaScript can run', () => {
    const rules = linguist.heuristics.flatMap(({ rules }) =>
      rules.flatMap(({ tests }) => tests.map(({ pattern }) => pattern)),
    );
    const patterns = [...rules, ...linguist.vendored, ...linguist.documentation, ...linguist.generated];
    expect(patterns.length).toBeGreaterThan(450);
    for (const pattern of patterns) expect(() => new RegExp(pattern, 'm')).not.toThrow();
  });

  test.each([
    ['(?i)^a', '(?i:^a)'],
    ['^(?i:ab|c)d', '^(?i:ab|c)d'],
    ['\\A\\s*[{\\[]', '(?<![^])\\s*[{\\[]'],
    ['(?>a)++b', '(?:a)+b'],
    ['(?im)x.y', '(?is:x.y)'],
  ])('converts %s', (ruby, javascript) => {
    expect(convertPattern(ruby)).toBe(javascript);
  });
});

describe('a file', () => {
  test.each([
    ['src/a.ts', undefined, 'TypeScript'],
    ['a.d.ts', undefined, 'TypeScript'],
    ['video.ts', '<?xml version="1.0"?>\n<TS version="2.0">', 'XML'],
    ['Dockerfile', undefined, 'Dockerfile'],
    ['Makefile', undefined, 'Makefile'],
    ['a.h', '#include <vector>\nclass A {};', 'C++'],
    ['a.h', '@interface A : B\n@end', 'Objective-C'],
    ['a.h', 'int f(void);', 'C'],
    ['a.m', '@implementation A\n@end', 'Objective-C'],
    ['a.m', 'function y = f(x)\n% comment\n', 'MATLAB'],
    ['a.pl', 'use strict;\nmy $x = 1;', 'Perl'],
    ['a.pl', 'parent(a, b) :- child(b, a).', 'Prolog'],
    ['a.m', 'words that decide nothing', 'Objective-C'],
    ['a.rs', 'fn main() {}', 'Rust'],
    ['a.sql', 'select 1;', 'SQL'],
    ['a.sql', 'create function f() returns int as $$ begin end $$ language plpgsql;', 'PLpgSQL'],
    ['README.md', '# Title', 'Markdown'],
    ['bin/run', '#!/usr/bin/env python3.12\n', 'Python'],
    ['bin/run', '#!/usr/bin/env -S node --x\n', 'JavaScript'],
    ['bin/run', '#!/bin/bash -e\n', 'Shell'],
    ['LICENSE', undefined, 'Text'],
    ['unknown.zzz', undefined, undefined],
  ])('%s %j is %s', (path, sample, language) => {
    expect(classify(path, sample)).toBe(language);
  });

  test('counts by its place', () => {
    expect(
      ['node_modules/a/b.js', 'vendor/x.go', 'a/jquery-3.1.1.js', 'x.min.js', 'dist/a.js'].every(isVendored),
    ).toBe(true);
    expect(['src/a.js', 'lib/distance.ts'].some(isVendored)).toBe(false);
    expect(['docs/a.html', 'README.md', 'examples/x.py'].every(isDocumentation)).toBe(true);
    expect(['package-lock.json', 'Cargo.lock', 'x.designer.cs'].every(hasGeneratedName)).toBe(true);
  });
});

test('.gitattributes: patterns, order, folders and ways to unset', () => {
  const of = readAttributes([
    { path: 'sub/.gitattributes', text: '*.js -linguist-vendored\n' },
    {
      path: '.gitattributes',
      text: '# comment\n*.js linguist-vendored\nspecial/** linguist-documentation=false linguist-generated\n/top.txt linguist-language=Ruby\n[a-c]?.x linguist-detectable\nbroken[z-a] linguist-vendored\n*.md text=auto\n',
    },
  ]);
  expect(of('a/b.js')).toEqual({ vendored: true });
  expect(of('sub/b.js')).toEqual({ vendored: false });
  expect(of('special/deep/x')).toEqual({ documentation: false, generated: true });
  expect(of('top.txt')).toEqual({ language: 'Ruby' });
  expect(of('a/top.txt')).toEqual({});
  expect(of('q/b1.x')).toEqual({ detectable: true });
  expect(languageNamed('c++')).toBe('C++');
  expect(languageNamed('Jupyter-Notebook')).toBe('Jupyter Notebook');
});

async function count(files: Record<string, string | Buffer>) {
  const repository = await createTestRepository();
  cleanups.push(repository.remove);
  await repository.commit(files);
  const mirror: Mirror = { directory: join(repository.directory, '.git') };
  const shares = await countLanguages(mirror, await openTree(mirror, 'HEAD'));
  return Object.fromEntries(shares.map(({ name, bytes }) => [name, bytes]));
}

describe('countLanguages', () => {
  test('leaves out what is vendored, generated or documentation, and counts groups as one', async () => {
    const counted = await count({
      'src/a.ts': 'a'.repeat(100),
      'src/b.tsx': 'b\n'.repeat(50),
      'vendor/x.go': 'package x\n',
      'docs/site.html': '<p>',
      'api/x.pb.go': '// Code generated by protoc-gen-go. DO NOT EDIT.\npackage api\n',
      'api/main.go': 'package main\n',
      'src/bundle.js': `var a=1;${'x'.repeat(5000)}`,
      'src/real.js': 'let a = 1;\n',
      'data.json': '{}',
      'README.md': '# x',
      run: '#!/bin/sh\n',
    });
    expect(counted).toEqual({ TypeScript: 200, Go: 13, JavaScript: 11 });
  });

  test('follows .gitattributes', async () => {
    const counted = await count({
      '.gitattributes':
        'vendor/** -linguist-vendored\n*.tpl linguist-language=Go\n*.json linguist-detectable\ngen.py linguist-generated\n',
      'vendor/x.go': 'package x\n',
      'a.tpl': '12345',
      'data.json': '{}',
      'gen.py': 'x = 1\n',
    });
    expect(counted).toEqual({ Go: 15, JSON: 2 });
  });

  test('ten thousand files take seconds', async () => {
    const files: Record<string, string> = {};
    for (let at = 0; at < 10_000; at += 1) {
      const extension = ['ts', 'js', 'py', 'go', 'h', 'sql', 'md', 'json', 'css', 'm'][at % 10];
      files[`packages/p${at % 100}/src/file-${at}.${extension}`] = `${at} ${'line of text\n'.repeat(100)}`;
    }
    const repository = await createTestRepository();
    cleanups.push(repository.remove);
    await repository.commit(files);
    const mirror: Mirror = { directory: join(repository.directory, '.git') };
    const entries = await openTree(mirror, 'HEAD');
    expect(entries).toHaveLength(10_000);
    const started = performance.now();
    const shares = await countLanguages(mirror, entries);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(shares.find(({ name }) => name === 'TypeScript')?.files).toBe(1000);
  }, 120_000);

  test('stops when told to', async () => {
    const repository = await createTestRepository();
    cleanups.push(repository.remove);
    await repository.commit({ 'a.h': 'int a;' });
    const mirror: Mirror = { directory: join(repository.directory, '.git') };
    const entries = await openTree(mirror, 'HEAD');
    await expect(countLanguages(mirror, entries, AbortSignal.abort(new Error('stop')))).rejects.toThrow();
  });
});
