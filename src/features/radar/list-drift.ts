import { countScannedRepositories, listUseEvidence, listUses } from '#features/evidence/index.ts';
import type { Context } from '#platform/context/index.ts';
import { encodeCursor, type JsonText } from '#platform/http/index.ts';
import { collectEvidence } from './collect-evidence.ts';
import { readOffset } from './cursors.ts';
import { type Drift, detectDrift } from './detect-drift.ts';
import type { DriftQuery, DriftReport } from './schema.ts';
import { readJudgedTechnologies } from './whole-store.ts';

const NOT_COMPARED_SHOWN = 200;

/** Where code and judgements part; the gravest first. */
export function listDrift(context: Context, input: DriftQuery): Promise<JsonText<DriftReport>> {
  return context.cached('drift', JSON.stringify(input), async () =>
    JSON.stringify(await readDrift(context, input)),
  );
}

async function readDrift(context: Context, input: DriftQuery): Promise<DriftReport> {
  const { drift, scannedRepositories } = await computeDrift(context);
  const matching = drift.items.filter(
    (item) =>
      (input.kind === undefined || item.kind === input.kind) &&
      (input.severity === undefined || item.severity === input.severity),
  );
  const start = readOffset(input.cursor);
  const end = start + input.limit;
  const page = matching.slice(start, end);
  const shown = page.flatMap((item) => item.uses.map((use) => use.id));
  const evidenceOf = await listUseEvidence(context, [...new Set(shown)]);
  return {
    items: page.map(({ uses, ...item }) => ({ ...item, evidence: collectEvidence(uses, evidenceOf) })),
    nextCursor: end < matching.length ? encodeCursor(end) : null,
    total: matching.length,
    counts: drift.counts,
    notCompared: drift.notCompared.slice(0, NOT_COMPARED_SHOWN),
    scannedRepositories,
  };
}

async function computeDrift(context: Context): Promise<{ drift: Drift; scannedRepositories: number }> {
  const uses = await listUses(context);
  const scannedRepositories = await countScannedRepositories(context);
  const [technologies] = await context.read(readJudgedTechnologies());
  const today = context.platform.clock.now().toISOString().slice(0, 10);
  return { drift: detectDrift({ technologies, uses, scannedRepositories, today }), scannedRepositories };
}
