export interface Image {
  name: string;
  version: string | null;
}

/** Splits `registry:5000/team/name:tag@sha256:…`; null for what names no image. */
export function parseImage(reference: string): Image | null {
  const [tagged = '', digest] = reference.trim().split('@', 2);
  const at = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  const name = at < 0 ? tagged : tagged.slice(0, at);
  if (!/^[a-z0-9][\w.:/-]*$/i.test(name) || name === 'scratch') return null;
  const version = at < 0 ? (digest ?? null) : tagged.slice(at + 1);
  return { name, version: version === '' ? null : version };
}

export interface Expansion {
  text: string;
  /** A variable's default was filled in, so another value may be used in its place. */
  usedDefault: boolean;
  /** A variable had neither value nor default. */
  missing: boolean;
}

/** Fills in `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME-default}`. */
export function expandVariables(text: string, values: ReadonlyMap<string, string>): Expansion {
  let usedDefault = false;
  let missing = false;
  const expanded = text.replace(
    /\$(?:\{(\w+)(?::?([-+?])([^${}]*))?\}|(\w+))/g,
    (_all, braced?: string, operator?: string, word?: string, plain?: string) => {
      const value = values.get(braced ?? plain ?? '');
      if (value !== undefined) {
        usedDefault = true;
        return operator === '+' ? (word ?? '') : value;
      }
      if (operator === '-' && word !== undefined) {
        usedDefault = true;
        return word;
      }
      missing = true;
      return '';
    },
  );
  return { text: expanded, usedDefault, missing };
}

/** Reads an image whose name or tag may hold variables; a tag that can't be known is left out. */
export function resolveImage(
  reference: string,
  values: ReadonlyMap<string, string>,
): (Image & { usedDefault: boolean }) | null {
  const whole = expandVariables(reference, values);
  if (!whole.missing) {
    const image = parseImage(whole.text);
    return image && { ...image, usedDefault: whole.usedDefault };
  }
  // The name may be whole even if the tag is not.
  const name = /^([^$:@]+)[:@].*\$/.exec(reference)?.[1];
  const image = name === undefined ? null : parseImage(name);
  return image && { name: image.name, version: null, usedDefault: true };
}
