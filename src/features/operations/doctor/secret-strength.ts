const WELL_KNOWN =
  /change.?me|password|passw0rd|secret|postgres|commandcenter|example|qwerty|letmein|admin|default|12345/i;
// What every identity of age begins with; the key is what follows.
const AGE_PREFIX = /^AGE-SECRET-KEY-(PQ-)?1/;
const SHORTEST = 16;
const BITS_WANTED = 60;

/** Why somebody could guess a secret; null if nobody can. Never says anything of its value. */
export function weaknessOf(secret: string): string | null {
  const value = secret.replace(AGE_PREFIX, '');
  if (WELL_KNOWN.test(value)) return 'it holds a word that everybody tries first';
  if (value.length < SHORTEST) return `it is shorter than ${SHORTEST} characters`;
  if (entropyBits(value) < BITS_WANTED) return 'it repeats few characters';
  return null;
}

/** How much is in a text if its characters were drawn with the frequencies that they have in it, at most. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let perCharacter = 0;
  for (const count of counts.values()) perCharacter -= (count / text.length) * Math.log2(count / text.length);
  return perCharacter * text.length;
}
