import { redactSecrets } from '#platform/telemetry/index.ts';

/** Takes secrets out of what leaves the installation. */
export interface Scrubber {
  text(text: string): string;
  /** The same for everything in a value, at whatever depth. */
  value<T>(value: T): T;
}

const HIDDEN = '[redacted]';
/** A shorter one stands in every other word. */
const SHORTEST = 4;

const TELLING =
  /(password|passwd|passphrase|secret|token|api[-_]?key|secret[-_]?key|private[-_]?key|authorization|cookie)$/i;

/** What other programs write; the log of the product itself needs no more than `redactSecrets`. */
const PATTERNS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  [/\b((?:proxy-)?authorization\s*[=:]\s*(?:\w+\s+)?)[^\s"',;]+/gi, `$1${HIDDEN}`],
  [/\b((?:set-)?cookie\s*[=:]\s*)[^\r\n"]+/gi, `$1${HIDDEN}`],
  [/\b(Basic )[A-Za-z0-9+/=]{8,}/g, `$1${HIDDEN}`],
  [
    /([\w.-]*(?:password|passwd|passphrase|secret|token|credentials?|(?:api|access|secret|private)[-_]?key)[\w-]*\s*[=:]\s*)(?:"(?!\[)[^"]*"|'(?!\[)[^']*'|(?!\[redacted\])[^\s"'[{,;&]+)/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, HIDDEN],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, HIDDEN],
];

/** `secrets` are the values that are known here; what only looks like a secret is taken out as well. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const known = knownForms(secrets);
  const text = (given: string): string => {
    const without = known ? given.replace(known, HIDDEN) : given;
    return PATTERNS.reduce(
      (found, [pattern, instead]) => found.replace(pattern, instead),
      redactSecrets(without),
    );
  };
  const value = (given: unknown, name = ''): unknown => {
    if (typeof given === 'string') return TELLING.test(name) && given !== '' ? HIDDEN : text(given);
    if (Array.isArray(given)) return given.map((one) => value(one, name));
    if (given === null || typeof given !== 'object') return given;
    return Object.fromEntries(Object.entries(given).map(([key, one]) => [text(key), value(one, key)]));
  };
  return { text, value: (given) => value(given) as typeof given };
}

/** As it is, in an address, in JSON and in base64; the longest first, because one may hold another. */
function knownForms(secrets: readonly string[]): RegExp | undefined {
  const forms = secrets
    .map((secret) => secret.trim())
    .filter(({ length }) => length >= SHORTEST)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      ...secret.split('\n').filter(({ length }) => length >= 16),
    ]);
  const unique = [...new Set(forms)].sort((a, b) => b.length - a.length);
  if (unique.length === 0) return undefined;
  return new RegExp(unique.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
}
