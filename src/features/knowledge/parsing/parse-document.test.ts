import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { makePdf } from './fixtures/make-pdf.ts';
import { parseDocument } from './parse-document.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

async function read(content: Uint8Array | string, name: string, mediaType?: string) {
  const { document, problem } = await parseDocument({ content, name, mediaType });
  if (!document) throw new Error(`${problem?.code}: ${problem?.message}`);
  return document;
}

async function problemOf(content: Uint8Array | string, name: string, mediaType?: string) {
  return (await parseDocument({ content, name, mediaType })).problem;
}

describe('Markdown', () => {
  const source = [
    '---',
    'title: The plan',
    '---',
    '# First *heading* with `code`',
    '',
    'Text with a [link](https://example.org).',
    '',
    '## Second',
    '',
    '```sh',
    '# not a heading',
    '```',
    '',
    '| a | b |',
    '|---|---|',
    '| 1 | 2 |',
    '',
  ];

  test.each(['\n', '\r\n'])('keeps the source, with headings, lines and front matter (%j)', async (end) => {
    const text = source.join(end);
    const document = await read(utf8(text), 'docs/plan.md');
    expect(document.text).toBe(text);
    expect(document.title).toBe('The plan');
    expect(document.headings.map(({ title, level, line }) => ({ title, level, line }))).toEqual([
      { title: 'First heading with code', level: 1, line: 4 },
      { title: 'Second', level: 2, line: 8 },
    ]);
    expect(document.chunks.map(({ headingPath }) => headingPath)).toEqual([['First heading with code']]);
  });

  test('takes the title from the first heading, also one in HTML, then from the name', async () => {
    expect((await read('<h1 align="center">The <b>Thing</b></h1>\n\nText', 'README.md')).title).toBe(
      'The Thing',
    );
    expect((await read('Only text', 'docs/notes.md')).title).toBe('notes.md');
    expect((await read('---\n: : [\n---\n# T\n', 'x.md')).title).toBe('T');
  });

  test('reads a heading and what it heads as one chunk, and opens a long list between its items', async () => {
    const list = Array.from({ length: 60 }, (_, i) => `- item ${i} ${'x'.repeat(40)}`).join('\n');
    const { chunks, text } = await read(`# Title\n\n## Part\n\n${list}\n`, 'a.md');
    expect(chunks.length).toBeGreaterThan(1);
    expect(text.slice(chunks[0]?.start, chunks[0]?.end)).toMatch(/^# Title\n\n## Part\n\n- item 0/);
    for (const { start, headingPath } of chunks.slice(1)) {
      expect(text.slice(start)).toMatch(/^- item/);
      expect(headingPath).toEqual(['Title', 'Part']);
    }
  });
});

describe('HTML', () => {
  test('extracts what is read, and leaves out scripts, styles and navigation', async () => {
    const document = await read(
      `<!doctype html><html><head><title>A &amp; B</title><style>p{}</style></head><body>
      <nav><a href="/">Home</a></nav><h1>Big</h1><p>One <b>bold</b>
      word.</p><script>alert(1)</script><h2>Small</h2><ul><li>first<li>second</ul>
      <pre>  kept
    as is</pre><table><tr><td>x<td>y</table><p hidden>secret</p></body></html>`,
      'page.html',
    );
    expect(document.title).toBe('A & B');
    expect(document.text).toContain('One bold word.');
    expect(document.text).toContain('- first\n- second');
    expect(document.text).toContain('  kept\n    as is');
    expect(document.text).toContain('x | y');
    expect(document.text).not.toMatch(/Home|alert|secret|p\{\}/);
    for (const { title, start } of document.headings)
      expect(document.text.slice(start).startsWith(title)).toBe(true);
    expect(document.headings.map(({ title }) => title)).toEqual(['Big', 'Small']);
  });

  test('survives broken markup and nesting without end', async () => {
    expect((await read('<p>open <b>and <i>never </p> closed <table><div>text', 'x.html')).text).toMatch(
      /open and never\s+closed\s+text/,
    );
    expect((await read(`${'<div>'.repeat(50_000)}deep`, 'x.html')).text.trim()).toBe('deep');
  });

  test('uses the charset that the page states', async () => {
    const page = Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>', 'latin1');
    expect((await read(page, 'x.html')).text.trim()).toBe('Привет');
    const bare = Buffer.from('<p>\xcf\xf0\xe8\xe2\xe5\xf2</p>', 'latin1');
    expect((await read(bare, 'x', 'text/html; charset=windows-1251')).text.trim()).toBe('Привет');
  });
});

describe('source code', () => {
  test('cuts TypeScript at its symbols', async () => {
    const method = (name: string) =>
      `  /** Does ${name}. */\n  ${name}(): void {\n${'    work();\n'.repeat(70)}  }\n`;
    const text = `import a from 'a';\n\n/** A shop. */\nexport class Shop {\n${method('open')}\n${method('close')}}\n\nexport const run = () => 1;\nfunction last() {}\n`;
    const document = await read(text, 'src/shop.ts');
    expect(document.mediaType).toBe('text/x-typescript');
    expect(document.headings.map(({ title, level }) => `${level} ${title}`)).toEqual([
      '1 Shop',
      '2 open',
      '2 close',
      '1 run',
      '1 last',
    ]);
    const close = document.chunks.find(({ headingPath }) => headingPath.at(-1) === 'close');
    expect(document.text.slice(close?.start, close?.end)).toMatch(
      /^ {2}\/\*\* Does close\. \*\/\n {2}close\(\)/,
    );
  });

  test.each([
    [
      'a.py',
      'import os\n\n@cached\ndef first():\n    pass\n\nclass Thing:\n    def method(self):\n        pass\n',
      ['first', 'Thing', 'method'],
    ],
    ['a.go', 'package a\n\ntype T struct{}\n\nfunc (t T) Run() {}\nfunc main() {}\n', ['T', 'Run', 'main']],
    [
      'a.rs',
      'struct S;\nimpl S { fn run(&self) {} }\nmod m { fn inner() {} }\n',
      ['S', 'S', 'run', 'm', 'inner'],
    ],
    ['a.c', 'static int *add(int a) { return 0; }\nstruct point { int x; };\n', ['add', 'point']],
    ['a.java', 'class A { void m() {} interface B {} }', ['A', 'm', 'B']],
    ['a.rb', 'module M\n  class C\n    def go\n    end\n  end\nend\n', ['M', 'C', 'go']],
    ['a.php', '<?php\nfunction f() {}\nclass C { function m() {} }\n', ['f', 'C', 'm']],
    ['a.cs', 'namespace N { class C { void M() {} } }', ['N', 'C', 'M']],
    ['a.sh', 'go() {\n  echo 1\n}\n', ['go']],
    ['a.tsx', 'export function App() { return <p>x</p>; }\n', ['App']],
    ['a.js', 'export default function App() {}\nconst f = async () => {};\n', ['App', 'f']],
  ])('finds the symbols of %s', async (name, text, symbols) => {
    expect((await read(text, name)).headings.map(({ title }) => title)).toEqual(symbols);
  });

  test('reads a language without a grammar, and broken code, all the same', async () => {
    expect((await read('local x = 1\n\nreturn x\n', 'a.lua')).mediaType).toBe('text/x-lua');
    expect((await read('class { { { ((( "', 'a.ts')).chunks).toHaveLength(1);
  });
});

describe('encodings', () => {
  const greeting = 'Grüße aus Köln, ¿qué tal?\n';
  test.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${greeting}`)],
    ['UTF-16LE with a mark', Buffer.from(`\ufeff${greeting}`, 'utf16le')],
    ['UTF-16BE with a mark', Buffer.from(`\ufeff${greeting}`, 'utf16le').swap16()],
    ['UTF-16LE without a mark', Buffer.from(greeting, 'utf16le')],
    ['UTF-16BE without a mark', Buffer.from(greeting, 'utf16le').swap16()],
    ['Latin-1', Buffer.from(greeting.repeat(5), 'latin1')],
  ])('%s', async (_, bytes) => {
    expect((await read(bytes, 'a.txt')).text.slice(0, greeting.length)).toBe(greeting);
  });

  test('Shift_JIS by its statistics', async () => {
    const bytes = Buffer.from('93fa967b8cea82cc83658358836782c582b78142'.repeat(20), 'hex');
    expect((await read(bytes, 'a.txt')).text).toContain('日本語');
  });

  test('UTF-8 with a broken end keeps the rest', async () => {
    const bytes = Buffer.from('Größe und Maß der Dinge. '.repeat(20));
    expect((await read(Buffer.concat([bytes, Buffer.from([0xc3])]), 'a.txt')).text).toContain('Größe');
  });

  test('what no encoding explains is said to be so', async () => {
    const noise = Buffer.from(Array.from({ length: 4_000 }, (_, i) => 0x80 + ((i * i * 7 + i * 13) % 0x80)));
    expect(await problemOf(noise, 'a.txt')).toMatchObject({
      code: 'unknown-encoding',
      remedy: expect.stringContaining('UTF-8'),
    });
  });
});

describe('what cannot be read says why', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  test.each([
    ['an empty file', bytes(), 'a.md', 'empty'],
    ['only white space', utf8(' \n\t\r\n'), 'a.md', 'empty'],
    ['HTML without text', utf8('<p></p><script>x</script>'), 'a.html', 'empty'],
    ['binary', bytes(1, 2, 0, 3, 0, 0, 200, 255, 0, 1, 7), 'a.bin', 'not-text'],
    ['control characters', utf8('\x01\x02\x03\x04abc'), 'a.txt', 'not-text'],
    ['a ZIP archive', Buffer.from('504b0304140000000800', 'hex'), 'a.docx', 'unsupported-media-type'],
    ['gzip', gzipSync('x'), 'a.txt', 'unsupported-media-type'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'a.md', 'unsupported-media-type'],
  ])('%s', async (_, content, name, code) => {
    expect(await problemOf(content, name)).toMatchObject({ code });
  });

  test('an unknown media type lists what is supported', async () => {
    expect(await problemOf(utf8('x'), 'a', 'application/vnd.ms-excel')).toMatchObject({
      code: 'unsupported-media-type',
      remedy: expect.stringMatching(/Markdown.*PDF/),
    });
  });

  test('too many bytes, and too long a text', async () => {
    expect(await problemOf(new Uint8Array(50 * 1024 * 1024), 'a.txt')).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('50 MB'),
    });
    expect(await problemOf('x'.repeat(5_000_001), 'a.txt')).toMatchObject({ code: 'too-long' });
  });
});

describe('PDF', () => {
  test('gives the text of each page, where it stands, and the title', async () => {
    const document = await read(
      makePdf([['Hello first page', 'second line'], ['On page (two)']], { title: 'A report' }),
      'r.pdf',
    );
    expect(document.title).toBe('A report');
    expect(document.pages.map(({ start, end }) => document.text.slice(start, end))).toEqual([
      'Hello first page\nsecond line',
      'On page (two)',
    ]);
    expect(document.chunks.map(({ page }) => page)).toEqual([1, 2]);
  });

  test('says that it is truncated, encrypted, scanned or damaged', async () => {
    const whole = makePdf([['text']]);
    expect(await problemOf(whole.subarray(0, whole.length - 60), 'a.pdf')).toMatchObject({
      code: 'pdf-truncated',
    });
    expect(await problemOf(makePdf([['text']], { encrypted: true }), 'a.pdf')).toMatchObject({
      code: 'pdf-encrypted',
    });
    expect(await problemOf(makePdf([[], []]), 'a.pdf')).toMatchObject({
      code: 'pdf-without-text',
      message: expect.stringContaining('2 pages'),
    });
    expect(await problemOf(Buffer.from(`%PDF-1.4\n${'junk '.repeat(50)}\n%%EOF`), 'a.pdf')).toMatchObject({
      code: 'pdf-damaged',
    });
  });
});
