const WEIGHTS: Record<string, Record<string, number>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};
const PRIVILEGES: Record<string, Record<string, number>> = {
  U: { N: 0.85, L: 0.62, H: 0.27 },
  C: { N: 0.85, L: 0.68, H: 0.5 },
};

/** The base score of a CVSS 3.0 or 3.1 vector, as its specification computes it; undefined for anything else. */
export function baseScore(vector: string): number | undefined {
  if (!/^CVSS:3\.[01]\//.test(vector)) return undefined;
  const metrics = Object.fromEntries(vector.split('/').map((part) => part.split(':'))) as Record<
    string,
    string
  >;
  const weigh = (name: string): number => WEIGHTS[name]?.[metrics[name] ?? ''] ?? Number.NaN;
  const changed = metrics['S'] === 'C';
  const privileges = PRIVILEGES[changed ? 'C' : 'U']?.[metrics['PR'] ?? ''] ?? Number.NaN;
  const lost = 1 - (1 - weigh('C')) * (1 - weigh('I')) * (1 - weigh('A'));
  const impact = changed ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost;
  const exploitability = 8.22 * weigh('AV') * weigh('AC') * privileges * weigh('UI');
  const score = impact <= 0 ? 0 : Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10);
  return Number.isNaN(score + exploitability) ? undefined : roundUp(score);
}

/** To one place, upwards, without being misled by the last bits of a number. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
