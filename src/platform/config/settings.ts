export type Environment = Readonly<Record<string, string | undefined>>;

/** One row a setting: what is read from the environment, checked at start and printed as documentation. */
export interface Setting<T> {
  readonly name: string;
  readonly description: string;
  readonly secret?: boolean;
  /** Shown in the documentation; the effective default is `parse(undefined)`. */
  readonly defaultText: string;
  /** Returns the value or throws an Error whose message ends the sentence "NAME must …". */
  parse(text: string | undefined): T;
}

export function text<D extends string | undefined>(
  name: string,
  fallback: D,
  description: string,
): Setting<string | D> {
  return { name, description, defaultText: fallback ?? 'none', parse: (value) => value ?? fallback };
}

/** A value that is never logged; also read from the file that NAME_FILE names. */
export function secret(name: string, description: string): Setting<string | undefined> {
  return { name, description, secret: true, defaultText: 'none', parse: (value) => value };
}

export function integer(
  name: string,
  fallback: number,
  range: [number, number],
  description: string,
): Setting<number> {
  return number(name, fallback, { range, description, what: 'a whole number', fits: Number.isInteger });
}

export function decimal(
  name: string,
  fallback: number,
  range: [number, number],
  description: string,
): Setting<number> {
  return number(name, fallback, { range, description, what: 'a number', fits: Number.isFinite });
}

function number(
  name: string,
  fallback: number,
  kind: { range: [number, number]; description: string; what: string; fits: (value: number) => boolean },
): Setting<number> {
  const [least, most] = kind.range;
  return {
    name,
    description: kind.description,
    defaultText: String(fallback),
    parse(value) {
      if (value === undefined) return fallback;
      const parsed = Number(value);
      if (!kind.fits(parsed) || parsed < least || parsed > most) {
        throw new Error(`be ${kind.what} from ${least} to ${most}, not "${value}"`);
      }
      return parsed;
    },
  };
}

export function oneOf<T extends string, D extends T | undefined>(
  name: string,
  values: readonly T[],
  fallback: D,
  description: string,
): Setting<T | D> {
  return {
    name,
    description: `${description} One of: ${values.join(', ')}.`,
    defaultText: fallback ?? 'none',
    parse(value) {
      if (value === undefined) return fallback;
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) throw new Error(`be one of ${values.join(', ')}, not "${value}"`);
      return found;
    },
  };
}

export function list(name: string, description: string): Setting<string[]> {
  return {
    name,
    description: `${description} Comma-separated.`,
    defaultText: 'none',
    parse: (value) =>
      (value ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
  };
}

/** Several secrets, separated by commas. */
export function secretList(name: string, description: string): Setting<string[]> {
  return { ...list(name, description), secret: true };
}
