/** The rings from the centre outward. A technology without one is unreviewed: found in code, judged by nobody. */
export const RINGS = ['adopt', 'trial', 'assess', 'hold'] as const;
export type Ring = (typeof RINGS)[number];

export const RING_NAMES: Record<Ring | 'unreviewed', string> = {
  adopt: 'Adopt',
  trial: 'Trial',
  assess: 'Assess',
  hold: 'Hold',
  unreviewed: 'Unreviewed',
};

/** What a technology is: what the detectors tell apart, and `technique` for what no detector can see. */
export const KINDS = [
  'language',
  'framework',
  'library',
  'database',
  'infrastructure',
  'ci',
  'service',
  'tool',
  'technique',
] as const;
export type Kind = (typeof KINDS)[number];
