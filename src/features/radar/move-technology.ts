import { type Context, recordActivity } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { decodeIdCursor, encodeCursor } from '#platform/http/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { Move, MoveInput, Technology } from './schema.ts';
import { findTechnology, type Page, withUsage } from './service.ts';
import { countMoves, insertMove, selectMoves, updateTechnologyRow } from './store.ts';
import type { Citation, MoveRow } from './tables.ts';

/** Puts a technology into a ring: dated, signed and with its reason, which can't be changed afterwards. */
export async function moveTechnology(
  context: Context,
  idOrSlug: string,
  input: MoveInput,
): Promise<{ technology: Technology; move: Move }> {
  const citations = input.citations ?? [];
  citations.forEach(checkCitation);
  const { row, move } = await context.transaction(async (tx) => {
    const before = await findTechnology(tx, idOrSlug, { lock: true });
    if (before.archivedAt !== null) {
      throw appError('technology-archived', 409, `${before.name} is archived.`, {
        remedy: 'Bring it back first: PATCH it with {"archived": false}.',
      });
    }
    if (before.ring === input.toRing) {
      throw appError('ring-unchanged', 409, `${before.name} is in the ring ${input.toRing} already.`, {
        remedy: 'To confirm a judgement, set a new review date instead.',
      });
    }
    const decidedAt = context.platform.clock.now();
    const { kind, id, name } = context.actor;
    const inserted = await insertMove(tx, {
      id: newId(),
      technologyId: before.id,
      fromRing: before.ring,
      toRing: input.toRing,
      reason: input.reason.trim(),
      actorKind: kind,
      actorId: id,
      actorName: name,
      decidedAt,
      citations,
    });
    const after = await updateTechnologyRow(tx, before.id, { ring: input.toRing, updatedAt: decidedAt });
    await recordActivity(tx, context, {
      action: 'radar.move',
      subjectKind: 'technology',
      subjectId: before.id,
      before: { ring: before.ring },
      after: { ring: input.toRing, moveId: inserted.id, reason: inserted.reason },
    });
    return { row: after, move: inserted };
  });
  return { technology: await withUsage(context, row), move: toMove(move) };
}

/** A technology's judgements, the newest first. */
export async function listMoves(
  context: Context,
  idOrSlug: string,
  input: { limit: number; cursor?: string },
): Promise<Page<Move>> {
  const before = decodeIdCursor(input.cursor);
  const { rows, total } = await context.transaction(async (tx) => {
    const { id } = await findTechnology(tx, idOrSlug);
    return {
      rows: await selectMoves(tx, id, { before, limit: input.limit + 1 }),
      total: await countMoves(tx, id),
    };
  });
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return {
    items: page.map(toMove),
    nextCursor: rows.length > input.limit && last ? encodeCursor(last.id) : null,
    total,
  };
}

export function toMove(row: MoveRow): Move {
  const { actorKind, actorId, actorName, ...fields } = row;
  return {
    ...fields,
    actor: { kind: actorKind, id: actorId, name: actorName },
    decidedAt: row.decidedAt.toISOString(),
  };
}

function checkCitation(citation: Citation): void {
  if (citation.end > citation.start) return;
  throw appError(
    'citation-invalid',
    422,
    `A citation must end after it starts, not at ${citation.end} for ${citation.start}.`,
    {
      remedy: 'Give the offsets of the quotation in the document’s text; the end is exclusive.',
    },
  );
}
