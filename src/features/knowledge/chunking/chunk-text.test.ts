import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../parsing/parse-document.ts';
import type { Boundary } from '../parsing/types.ts';
import { type Chunk, chunkText } from './chunk-text.ts';

const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    '\n',
    '\n\n',
    '\r\n',
    '\r\n\r\n',
    ' ',
    '\t',
    '\u00a0',
    '😀',
    '# Heading\n',
    '- item\n',
    '```\ncode {\n```\n',
    '    indented\n',
  ),
  fc.integer({ min: 1, max: 3_000 }).map((length) => '😀x'.repeat(length)),
  fc.lorem({ maxCount: 300 }),
);
const anyText = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('').toWellFormed());

/** What holds for the chunks of any text. */
function checkChunks(text: string, chunks: readonly Chunk[]): void {
  let before = 0;
  for (const chunk of chunks) {
    expect(chunk.start).toBeGreaterThanOrEqual(before);
    expect(text.slice(before, chunk.start).trim()).toBe('');
    expect(chunk.end).toBeLessThanOrEqual(text.length);
    expect(chunk.end - chunk.start).toBeLessThanOrEqual(1_500);
    const excerpt = text.slice(chunk.start, chunk.end);
    expect(excerpt.trim()).not.toBe('');
    expect(excerpt.isWellFormed()).toBe(true);
    expect(chunk.lineStart).toBe(text.slice(0, chunk.start).split('\n').length);
    expect(chunk.lineEnd).toBe(text.slice(0, chunk.end).split('\n').length);
    before = chunk.end;
  }
  expect(text.slice(before).trim()).toBe('');
}

describe('chunkText', () => {
  test('keeps order, covers every character that is not space, counts lines and splits no character', () => {
    const boundary = fc.record({
      start: fc.integer({ min: -5, max: 5_000 }),
      headingPath: fc.array(fc.constantFrom('A', 'B', 'C'), { maxLength: 3 }),
      page: fc.option(fc.integer({ min: 1, max: 3 })),
      heading: fc.boolean(),
      joinable: fc.boolean(),
    });
    fc.assert(
      fc.property(anyText, fc.array(boundary, { maxLength: 20 }), (text, boundaries: Boundary[]) => {
        checkChunks(text, chunkText(text, boundaries));
      }),
      { numRuns: 200 },
    );
  });

  test.each(['a.md', 'a.txt', 'a.rst', 'a.adoc', 'a.html', 'a.ts', 'a.py', 'a.lua'])(
    'holds for whatever the parser of %s makes',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(anyText, async (text) => {
          const { document, problem } = await parseDocument({ content: text, name });
          if (!document) {
            expect(problem?.code).toBe('empty');
            return;
          }
          checkChunks(document.text, document.chunks);
          if (!name.endsWith('.html'))
            expect(document.text).toBe(text.replace(/^\ufeff/, '').replaceAll('\0', '\ufffd'));
        }),
        { numRuns: 60 },
      );
    },
  );

  test('joins what stands under one heading and starts anew at the next', () => {
    const paragraph = `${'word '.repeat(80)}\n\n`;
    const one = `# One\n\n${paragraph}${paragraph}`;
    const text = `${one}# Two\n\n${paragraph.repeat(4)}`;
    const at = (start: number, title: string, heading = false): Boundary => ({
      start,
      headingPath: [title],
      page: null,
      heading,
    });
    const chunks = chunkText(text, [
      at(0, 'One', true),
      at(7, 'One'),
      at(7 + paragraph.length, 'One'),
      at(one.length, 'Two', true),
      ...[0, 1, 2, 3].map((i) => at(one.length + 7 + i * paragraph.length, 'Two')),
    ]);
    expect(chunks.map(({ headingPath }) => headingPath[0])).toEqual(['One', 'Two', 'Two']);
    expect(text.slice(chunks[1]?.start, chunks[1]?.end)).toMatch(/^# Two/);
  });

  test('cuts a long paragraph at the ends of sentences', () => {
    const text = 'This is a sentence that ends here. '.repeat(200);
    for (const { start, end } of chunkText(text, []))
      expect(text.slice(start, end)).toMatch(/^This.*here\.$/s);
  });

  test('is linear in one endless line with a boundary at every word', () => {
    const text = 'a '.repeat(500_000);
    const boundaries = Array.from(
      { length: 500_000 },
      (_, i): Boundary => ({ start: i * 2, headingPath: [], page: null, joinable: true }),
    );
    const started = performance.now();
    chunkText(text, boundaries);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
