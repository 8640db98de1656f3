import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutLine, splitLines } from './document-lines.ts';

describe('lines of a document', () => {
  test('keep the offsets of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '🙂', ' ', '\n', '\r\n') }), (text) => {
        for (const line of splitLines(text)) {
          expect(text.slice(line.start, line.start + line.text.length)).toBe(line.text);
        }
      }),
    );
  });

  test('cut at a span give back exactly the text of the span', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', '🙂', ' ', '\n') }),
        fc.nat(60),
        fc.nat(60),
        (text, a, b) => {
          const span = { start: Math.min(a, b, text.length), end: Math.min(Math.max(a, b), text.length) };
          const marked = splitLines(text)
            .flatMap((line) => cutLine(line, span))
            .filter((piece) => piece.marked)
            .map((piece) => piece.text);
          expect(marked.join('')).toBe(text.slice(span.start, span.end).replaceAll('\n', ''));
        },
      ),
    );
  });
});
