import type { Ring } from '../../api/types.ts';

/** The rings from the centre outwards; the last band holds what nobody has judged yet. */
export const RINGS = ['adopt', 'trial', 'assess', 'hold'] as const satisfies Ring[];

export type RingOrNone = Ring | 'unreviewed';

export const RING_NAMES: Record<RingOrNone, string> = {
  adopt: 'Adopt',
  trial: 'Trial',
  assess: 'Assess',
  hold: 'Hold',
  unreviewed: 'Unreviewed',
};

export const RING_MEANINGS: Record<RingOrNone, string> = {
  adopt: 'Use it. It is the default choice.',
  trial: 'Use it where a failure is cheap, and report.',
  assess: 'Try it out; not in production yet.',
  hold: 'Start nothing new with it, and move away.',
  unreviewed: 'Found in the code; nobody has judged it yet.',
};

export const ringOf = (ring: Ring | null): RingOrNone => ring ?? 'unreviewed';
