/** A requirement as PEP 508 writes it: `Name[extra] >=1,<2 ; python_version < "3.9"`. */
export interface Requirement {
  name: string;
  /** As written, without what it depends on; `==1.2` exactly is `1.2`. */
  version: string | null;
}

/** Reads one requirement; null if the text is none (a path, a URL, an option). */
export function parseRequirement(text: string): Requirement | null {
  const plain = text.replace(/\s+#.*$/, '').trim();
  const match = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$/.exec(plain);
  if (!match?.[1]) return null;
  const rest = (match[2] ?? '')
    .replace(/;.*$/, '')
    .replace(/\s--\w.*$/, '')
    .replace(/\\$/, '')
    .trim();
  if (rest.startsWith('@')) return { name: match[1], version: tagOf(rest) };
  const range = rest.replace(/^\((.*)\)$/, '$1').replaceAll(/\s+/g, '');
  if (range !== '' && !/^[=<>!~]/.test(range)) return null;
  return { name: match[1], version: /^===?([^*,]+)$/.exec(range)?.[1] ?? (range || null) };
}

/** `@ git+https://host/repo@v1.2#egg=x` was asked for in version v1.2. */
function tagOf(reference: string): string | null {
  return /[^/:]@([\w.-]+)(?:#|$)/.exec(reference.replace(/^@\s*/, ''))?.[1] ?? null;
}
