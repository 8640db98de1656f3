import type { Ring } from '../../api/types.ts';
import { RING_MEANINGS, RING_NAMES, ringOf } from './rings.ts';

/** A ring by its colour and name. */
export function RingBadge({ ring }: { ring: Ring | null }) {
  const id = ringOf(ring);
  return (
    <span
      title={RING_MEANINGS[id]}
      className="inline-flex items-center gap-1.5 rounded-full border border-line bg-surface px-2 py-0.5 text-xs font-medium whitespace-nowrap"
    >
      <span aria-hidden data-ring={id} className="blip size-2 rounded-full bg-current" />
      {RING_NAMES[id]}
    </span>
  );
}
