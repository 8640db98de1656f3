export type Values = Readonly<Record<string, string>>;

const EXPRESSION = /\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-?+])([^${}]*))?\}|\$([A-Za-z_]\w*)/g;

/** Puts variables into a text of a Compose file, as Compose does. One that is asked for and missing is empty. */
export function interpolate(text: string, values: Values): string {
  // A default may hold another expression, so the innermost are put in first.
  let before: string;
  let now = text;
  do {
    before = now;
    now = before.replace(EXPRESSION, (whole, name?: string, operator?: string, word = '', bare?: string) => {
      if (whole === '$$') return '\u0000';
      const value = values[name ?? bare ?? ''];
      const given = operator?.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
      if (operator?.endsWith('+')) return given ? word : '';
      return given ? (value ?? '') : operator?.endsWith('-') ? word : '';
    });
  } while (now !== before);
  return now.replaceAll('\u0000', '$');
}

/** The first variable that a text of a Compose file asks for. */
export function variableIn(text: string): string | undefined {
  return /\$\{?([A-Za-z_]\w*)/.exec(text)?.[1];
}
