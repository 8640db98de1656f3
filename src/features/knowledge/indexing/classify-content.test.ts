import { describe, expect, test } from 'vitest';
import { classifyContent } from './classify-content.ts';

function kindOf(text: string, path: string | null = null, mediaType: string | null = null) {
  return classifyContent({ path, mediaType, text });
}

const typescript = `import { readFile } from 'node:fs/promises';

/** Reads a file that may not be there. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
`;
const python = `class Radar(Base):
    def __init__(self, rings=None):
        # The rings from the middle to the rim.
        self.rings = rings or DEFAULT_RINGS

    def move(self, blip, ring):
        if ring not in self.rings:
            raise ValueError(f"no ring {ring}")
        blip.ring = ring
`;
const rust = `impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        self.inner.next().filter(|t| !t.is_empty())
    }
}
`;
const abstractText = `The Use of Computers in Inspection Procedures
This paper describes a method f(x) by which roots are found; the procedure inverse(n) halves the time.
It was programmed for the IBM 704, and results (with timings) are given.`;
const markdown = `# Retrieval

## Why

Call \`optimize()\` before 300 rows:

\`\`\`ts
await table.optimize();
const count = await table.countRows();
\`\`\`
`;

describe('without path and media type, by how the lines look', () => {
  test.each([
    ['TypeScript', typescript],
    ['Python', python],
    ['Rust', rust],
  ])('%s is code', (_name, text) => expect(kindOf(text)).toBe('code'));

  test.each([
    ['an abstract', abstractText],
    ['Markdown with code in it', markdown],
    ['one long paragraph that names a call()', `${'We call optimize() and then a => b. '.repeat(30)}`],
    ['a list', '- Adopt: use it\n- Trial: try it (once)\n- Hold: leave it'],
    ['nothing', ''],
  ])('%s is prose', (_name, text) => expect(kindOf(text)).toBe('prose'));
});

test('the path decides, then the media type, then the content', () => {
  expect(kindOf(abstractText, 'src/notes.py')).toBe('code');
  expect(kindOf(typescript, 'docs/example.md', 'text/x-typescript')).toBe('prose');
  expect(kindOf(abstractText, 'no-extension', 'text/x-python')).toBe('code');
  expect(kindOf(abstractText, null, 'application/javascript')).toBe('code');
  expect(kindOf(typescript, null, 'text/html')).toBe('prose');
  expect(kindOf(typescript, 'file.unknown', 'text/plain')).toBe('code');
});
