import { deflateSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { makePdf } from './fixtures/make-pdf.ts';
import { createDocumentParser, type DocumentParser, type DocumentParserOptions } from './parser.ts';

const MEGABYTE = 1024 * 1024;
const open: DocumentParser[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((parser) => parser.close()));
});

function createParser(options?: DocumentParserOptions): DocumentParser {
  const parser = createDocumentParser(options);
  open.push(parser);
  return parser;
}

describe('createDocumentParser', () => {
  test('reads documents in threads, each answer to its own question', async () => {
    const parser = createParser();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, i) => parser.parse({ content: `# T${i}\n\ntext`, name: 'a.md' })),
    );
    expect(outcomes.map(({ document }) => document?.title)).toEqual(
      Array.from({ length: 50 }, (_, i) => `T${i}`),
    );
  });

  test('stops a PDF whose page unfolds to a thousand times its size, and reads the next', async () => {
    const parser = createParser({ threads: 1, limits: { bufferBytes: 64 * MEGABYTE } });
    const bomb = makePdf([[]], { stream: deflateSync(Buffer.alloc(900 * MEGABYTE, ' ')) });
    expect(bomb.length).toBeLessThan(2 * MEGABYTE);
    const before = process.memoryUsage.rss();
    const [outcome, next] = await Promise.all([
      parser.parse({ content: bomb, name: 'bomb.pdf' }),
      parser.parse({ content: 'fine', name: 'a.txt' }),
    ]);
    expect(outcome.problem?.code).toBe('too-much-memory');
    expect(next.document?.text).toBe('fine');
    expect(process.memoryUsage.rss() - before).toBeLessThan(700 * MEGABYTE);
  });

  test('stops what needs more memory than one document may have', async () => {
    const parser = createParser({ threads: 1, limits: { heapMegabytes: 32, textLength: 50_000_000 } });
    const outcome = await parser.parse({ content: '* a\n\n> b\n\n'.repeat(400_000), name: 'a.md' });
    expect(outcome.problem?.code).toBe('too-much-memory');
    expect((await parser.parse({ content: 'fine', name: 'a.txt' })).document?.text).toBe('fine');
  });

  test('stops what takes too long, and reads the next', async () => {
    const parser = createParser({ threads: 1, limits: { timeoutMs: 2_000, textLength: 50_000_000 } });
    const slow = parser.parse({ content: '[a](b) > * # \n'.repeat(1_500_000), name: 'a.md' });
    expect((await slow).problem).toMatchObject({
      code: 'parse-timeout',
      message: expect.stringContaining('seconds'),
    });
    expect((await parser.parse({ content: new Uint8Array(0), name: 'a.txt' })).problem?.code).toBe('empty');
  });

  test('lets go at once when the caller gives up', async () => {
    const parser = createParser({ threads: 1, limits: { textLength: 50_000_000 } });
    const controller = new AbortController();
    const slow = parser.parse(
      { content: '[a](b) > * # \n'.repeat(1_500_000), name: 'a.md' },
      controller.signal,
    );
    setTimeout(() => controller.abort(new Error('enough')), 200);
    await expect(slow).rejects.toThrow('enough');
  });
});
