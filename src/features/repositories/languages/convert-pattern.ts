/**
 * Rewrites a Ruby regular expression in JavaScript's syntax; it is to be used with the flag `m`,
 * because in Ruby ^ and $ always stand for the ends of a line.
 */
export function convertPattern(ruby: string): string {
  let pattern = ruby
    .replaceAll('\\A', '(?<![^])')
    .replaceAll('\\z', '(?![^])')
    .replaceAll('\\Z', '(?=\\n?(?![^]))')
    .replaceAll('\\h', '[0-9a-fA-F]')
    .replaceAll('(?>', '(?:')
    .replaceAll('(?-m)', '')
    .replace(/(?<!\\)([*+?}])\+/g, '$1');
  const extended = /^\(\?([a-z]*x[a-z]*)\)/.exec(pattern);
  if (extended) pattern = pattern.replace(/(?<!\\)#.*$/gm, '').replace(/\s+/g, '');
  return openFlags(pattern);
}

/** `(?i)` holds to the end of its group, which JavaScript writes as `(?i:…)`. Ruby's m is JavaScript's s. */
function openFlags(pattern: string): string {
  const found = /\(\?([imx]+)\)/.exec(pattern);
  if (!found) return pattern.replace(/\(\?([imx]+):/g, (_, flags: string) => group(flags));
  const before = pattern.slice(0, found.index);
  const rest = pattern.slice(found.index + found[0].length);
  return openFlags(`${before}${group(found[1] ?? '')}${rest})`);
}

function group(flags: string): string {
  const kept = [...flags].filter((flag) => flag !== 'x').map((flag) => (flag === 'm' ? 's' : flag));
  return kept.length === 0 ? '(?:' : `(?${kept.join('')}:`;
}
