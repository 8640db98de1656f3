import { parse } from 'yaml';

/** How the compose files use a variable of `.env`. */
export interface Usage {
  /** What holds where it is not set; undefined if the compose files give nothing. */
  fallback: string | undefined;
}

const VARIABLE = /\$\$|\$\{([A-Z][A-Z0-9_]*)(?::?([-?])((?:[^{}]|\{[^{}]*\})*))?\}/g;

/** Every variable that compose files read, by name. One that is only passed on to a container has no fallback. */
export function findUsages(texts: readonly string[]): Map<string, Usage> {
  const usages = new Map<string, Usage>();
  const add = (name: string, fallback: string | undefined): void => {
    usages.set(name, { fallback: usages.get(name)?.fallback ?? fallback });
  };
  for (const text of texts) {
    const document: unknown = parse(text, { merge: true, logLevel: 'error' });
    walk(document, (value) => {
      for (const [, name, kind, rest] of value.matchAll(VARIABLE)) {
        if (name !== undefined) add(name, kind === '-' ? rest : undefined);
      }
    });
    for (const name of passedOn(document)) add(name, undefined);
  }
  return usages;
}

/** Names in `environment` that have no value of their own: Compose takes it from `.env`. */
function passedOn(document: unknown): string[] {
  const services = isRecord(document) && isRecord(document['services']) ? document['services'] : {};
  return Object.values(services).flatMap((service) => {
    const environment = isRecord(service) ? service['environment'] : undefined;
    if (Array.isArray(environment)) return environment.filter((entry) => !String(entry).includes('='));
    if (!isRecord(environment)) return [];
    return Object.keys(environment).filter((name) => environment[name] === null);
  });
}

function walk(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (Array.isArray(value)) for (const entry of value) walk(entry, visit);
  else if (isRecord(value)) for (const entry of Object.values(value)) walk(entry, visit);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
