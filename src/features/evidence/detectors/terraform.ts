import type { Detector } from '../types.ts';
import { confidence } from './confidence.ts';
import { findingsOf, readSource } from './source-lines.ts';

/** `*.tf`: that Terraform is in use, and the version it asks for. */
export const terraform: Detector = {
  id: 'terraform',
  matches: (path) => path.endsWith('.tf'),
  parse(file) {
    const source = readSource(file);
    const asked = source.lines.findIndex((line) => /^\s*required_version\s*=/.test(line));
    const version = /=\s*"([^"]+)"/.exec(source.lines[asked] ?? '')?.[1];
    const block = source.lines.findIndex((line) =>
      /^(terraform|resource|module|provider|data|variable|output|locals)\b.*\{/.test(line),
    );
    const index = asked >= 0 ? asked : block;
    if (index < 0) return [];
    const finding = findingsOf(file, source);
    return [
      finding({
        ecosystem: 'file',
        name: 'terraform',
        version,
        line: index + 1,
        rule: 'terraform',
        confidence: confidence.fileContent,
      }),
    ];
  },
};
