import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { baseName, findingsOf, readSource, unreadable } from './source-lines.ts';

const REQUIREMENT = /^"?([^\s"]+)"?\s+"?(v[^\s"]+)"?/;

/** `go.mod`: what is required is also what is built, unless a `replace` says otherwise. */
export const goModule: Detector = {
  id: 'go-module',
  matches: (path) => baseName(path) === 'go.mod',
  parse(file) {
    const source = readSource(file);
    const finding = findingsOf(file, source);
    const statements = readStatements(source.lines);
    // An empty one only keeps the go tool out of a folder.
    if (source.lines.every((line) => /^\s*(\/\/.*)?$/.test(line))) return [];
    if (!statements.some(({ keyword }) => keyword === 'module'))
      throw unreadable(file.path, 'it names no module');
    const replaced = new Map<string, string | null>();
    for (const { keyword, text } of statements) {
      const match = /^(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)(?:\s+(v\S+))?/.exec(text);
      if (keyword === 'replace' && match?.[1]) replaced.set(match[1], match[3] ?? null);
    }
    return statements.flatMap(({ keyword, text, comment, line }): Finding[] => {
      if (keyword === 'go') {
        const version = text.trim();
        const rule = 'go-directive';
        return [
          finding({ ecosystem: 'runtime', name: 'go', version, line, rule, confidence: confidence.engine }),
        ];
      }
      const match = keyword === 'require' ? REQUIREMENT.exec(text) : null;
      if (!match?.[1] || !match[2]) return [];
      const [, name, version] = match;
      const locked = replaced.has(name) ? replaced.get(name) : version;
      const isIndirect = /^\s*indirect\b/.test(comment);
      return [
        finding({
          ecosystem: 'go',
          name,
          version: isIndirect ? null : version,
          locked,
          scope: isIndirect ? 'transitive' : 'runtime',
          line,
          rule: isIndirect ? 'go-indirect' : 'go-require',
          confidence: confidence.lockConfirmed,
        }),
      ];
    });
  },
};

interface Statement {
  keyword: string;
  text: string;
  comment: string;
  line: number;
}

/** One entry for each directive, whether on a line of its own or inside brackets. */
function readStatements(lines: readonly string[]): Statement[] {
  const statements: Statement[] = [];
  let block: string | null = null;
  for (const [index, raw] of lines.entries()) {
    const cut = raw.search(/(^|\s)\/\//);
    const text = (cut < 0 ? raw : raw.slice(0, cut)).trim();
    const comment = cut < 0 ? '' : raw.slice(raw.indexOf('//', cut) + 2);
    const line = index + 1;
    if (text === '') continue;
    if (text === ')') {
      block = null;
    } else if (block !== null) {
      statements.push({ keyword: block, text, comment, line });
    } else {
      const [, keyword = '', rest = ''] = /^(\w+)\s*(.*)$/.exec(text) ?? [];
      if (rest === '(') block = keyword;
      else statements.push({ keyword, text: rest, comment, line });
    }
  }
  return statements;
}
