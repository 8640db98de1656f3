/**
 * Which of two Debian versions is newer, as dpkg orders them (deb-version(7)): below 0 if the first is older.
 * Epoch, upstream version and revision count in this order; `~` sorts before everything, even before the end.
 */
export function compareDebianVersions(a: string, b: string): number {
  const [epochA, upstreamA, revisionA] = split(a);
  const [epochB, upstreamB, revisionB] = split(b);
  return epochA - epochB || compareParts(upstreamA, upstreamB) || compareParts(revisionA, revisionB);
}

function split(version: string): [number, string, string] {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return [
    colon < 0 ? 0 : Number(version.slice(0, colon)),
    dash < 0 ? rest : rest.slice(0, dash),
    dash < 0 ? '' : rest.slice(dash + 1),
  ];
}

/** Runs of other characters and runs of digits take turns; the first that differ decide. */
function compareParts(a: string, b: string): number {
  const runs = (text: string): string[] => text.match(/[^0-9]+|[0-9]+/g) ?? [];
  const [runsA, runsB] = [alternate(runs(a)), alternate(runs(b))];
  for (let index = 0; index < Math.max(runsA.length, runsB.length); index += 2) {
    const order =
      compareText(runsA[index] ?? '', runsB[index] ?? '') ||
      Number(BigInt(runsA[index + 1] ?? '0') - BigInt(runsB[index + 1] ?? '0'));
    if (order !== 0) return order;
  }
  return 0;
}

/** So that text stands at even places and numbers at odd ones. */
function alternate(runs: string[]): string[] {
  return /^[0-9]/.test(runs[0] ?? '') ? ['', ...runs] : runs;
}

function compareText(a: string, b: string): number {
  const rank = (character: string | undefined): number => {
    if (character === '~') return -1;
    if (character === undefined) return 0;
    return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
  };
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = rank(a[index]) - rank(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}
