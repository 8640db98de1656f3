/** One line of an .env file that sets something. */
export interface Variable {
  name: string;
  value: string;
  line: number;
}

export interface EnvironmentFile {
  variables: readonly Variable[];
  /** Lines that set nothing and are no comment, by number. */
  wrongLines: readonly number[];
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/;

/** Reads an .env file as Compose does, in both its versions; a name that comes twice is listed twice. */
export function parseEnvironmentFile(text: string): EnvironmentFile {
  const variables: Variable[] = [];
  const wrongLines: number[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    if (/^\s*(#.*)?$/.test(line)) continue;
    const match = LINE.exec(line);
    if (match?.[1] === undefined) wrongLines.push(at + 1);
    else variables.push({ name: match[1], value: unquote(match[2] ?? ''), line: at + 1 });
  }
  return { variables, wrongLines };
}

function unquote(text: string): string {
  const quoted = /^(["'])(.*)\1\s*(#.*)?$/.exec(text);
  return quoted ? (quoted[2] ?? '') : text.replace(/\s+#.*$/, '').trim();
}

/** The same file with one variable set; every other line stays as it is. */
export function withVariable(text: string, name: string, value: string): string {
  const own = new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`);
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => own.test(line));
  if (last >= 0) lines[last] = `${name}=${value}${lines[last]?.endsWith('\r') ? '\r' : ''}`;
  else lines.splice(lines.at(-1) === '' ? -1 : lines.length, 0, `${name}=${value}`);
  return lines.join('\n');
}
