export interface Change {
  name: string;
  before: string | undefined;
  after: string | undefined;
}

type Fields = Record<string, unknown>;

const toFields = (value: unknown): Fields => {
  if (value === null || value === undefined) return {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : { value };
};

const show = (value: unknown): string | undefined => {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Field by field what was otherwise before; nothing, on either side, is undefined. */
export function listChanges(before: unknown, after: unknown): Change[] {
  const [old, now] = [toFields(before), toFields(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .map((name) => ({ name, before: show(old[name]), after: show(now[name]) }))
    .filter((change) => change.before !== change.after);
}
