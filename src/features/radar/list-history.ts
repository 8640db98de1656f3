import {
  type HistoryEntry as EvidenceEntry,
  listHistory as listEvidenceHistory,
} from '#features/evidence/index.ts';
import type { Context } from '#platform/context/index.ts';
import { encodeCursor } from '#platform/http/index.ts';
import { readOffset } from './cursors.ts';
import { toMove } from './move-technology.ts';
import type { HistoryEntry } from './schema.ts';
import { findTechnology, type Page } from './service.ts';
import { selectMoves } from './store.ts';

/** What happened to a technology, in code and on the radar, as one timeline; the newest first. */
export async function listHistory(
  context: Context,
  idOrSlug: string,
  input: { limit: number; cursor?: string },
): Promise<Page<HistoryEntry>> {
  const { slug, judged } = await context.transaction(async (tx) => {
    const row = await findTechnology(tx, idOrSlug);
    return { slug: row.slug, judged: await selectMoves(tx, row.id) };
  });
  const seen = await listEvidenceHistory(context, { technology: slug });
  const entries = [...judged.map(toMove).map(fromMove), ...seen.map(fromEvidence)];
  // Both lists come newest first and sorting is stable, so equal times keep their order.
  entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const start = readOffset(input.cursor);
  const end = start + input.limit;
  return {
    items: entries.slice(start, end),
    nextCursor: end < entries.length ? encodeCursor(end) : null,
    total: entries.length,
  };
}

type Move = ReturnType<typeof toMove>;
type Seen = EvidenceEntry;

function fromMove(move: Move): HistoryEntry {
  return {
    type: 'move',
    at: move.decidedAt,
    repositoryId: null,
    repositoryName: null,
    path: null,
    versionBefore: null,
    versionAfter: null,
    commit: null,
    author: move.actor.name,
    move,
  };
}

function fromEvidence(seen: Seen): HistoryEntry {
  const { repositoryId, repositoryName, path, versionBefore, versionAfter, commit, author } = seen;
  const what = { repositoryId, repositoryName, path, versionBefore, versionAfter, commit, author };
  return { type: seen.change, at: new Date(seen.committedAt).toISOString(), ...what, move: null };
}
