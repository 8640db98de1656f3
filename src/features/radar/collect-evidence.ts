import type { Use } from './detect-drift.ts';

/** One line of code or configuration that shows a use. */
export interface UseEvidence {
  path: string;
  line: number;
  excerpt: string;
  rule: string;
  commit: string;
}

export interface DriftEvidence extends UseEvidence {
  repositoryId: string;
  repositoryName: string;
  version: string | null;
}

const LINES_SHOWN = 10;

/** Every use's first line, then their second ones …, so that the few that are shown come from many places. */
export function collectEvidence(
  uses: readonly Use[],
  evidenceOf: ReadonlyMap<string, readonly UseEvidence[]>,
): DriftEvidence[] {
  const lines: { depth: number; evidence: DriftEvidence }[] = [];
  for (const { id, repositoryId, repositoryName, versionLocked, versionDeclared } of uses) {
    const version = versionLocked ?? versionDeclared;
    (evidenceOf.get(id) ?? []).forEach((evidence, depth) => {
      lines.push({ depth, evidence: { ...evidence, repositoryId, repositoryName, version } });
    });
  }
  // Sorting is stable: within one depth the uses keep their order.
  lines.sort((a, b) => a.depth - b.depth);
  return lines.slice(0, LINES_SHOWN).map((line) => line.evidence);
}
