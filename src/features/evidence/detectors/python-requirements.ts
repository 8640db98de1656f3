import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { parseRequirement } from './python-requirement.ts';
import { baseName, findingsOf, readSource } from './source-lines.ts';

const NAME = /^(?:[\w.-]*[-_.])?(?:requirements|constraints)(?:[-_.][\w.-]*)?\.(?:txt|in)$/;
const DEVELOPMENT = /dev|test|lint|doc|typing|ci\b|style|format|build/i;

/** `requirements.txt` and its relatives, also `requirements/*.txt`. */
export const pythonRequirements: Detector = {
  id: 'python-requirements',
  matches: (path) => {
    const name = baseName(path);
    return (
      (NAME.test(name) && !name.startsWith('constraints')) ||
      /(^|\/)requirements\/[\w.-]+\.(txt|in)$/.test(path)
    );
  },
  parse(file) {
    const source = readSource(file);
    const finding = findingsOf(file, source);
    const scope = DEVELOPMENT.test(baseName(file.path)) ? 'development' : 'runtime';
    const findings: Finding[] = [];
    let continues = false;
    for (const [index, text] of source.lines.entries()) {
      const isOption = continues || /^\s*(#|-|$)/.test(text);
      continues = text.trimEnd().endsWith('\\');
      if (isOption) continue;
      const requirement = parseRequirement(text);
      if (!requirement) continue;
      findings.push(
        finding({
          ecosystem: 'pypi',
          ...requirement,
          scope,
          line: index + 1,
          rule: 'python-requirement',
          confidence: confidence.manifest,
        }),
      );
    }
    return findings;
  },
};
