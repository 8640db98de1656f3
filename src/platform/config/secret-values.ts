import type { Environment, Setting } from './settings.ts';
import { type Config, settings } from './table.ts';

const TELLING = /password|passwd|secret|token|credential|private|(^|_)key($|_)|_key$|identity/i;

const entries = Object.entries(settings) as [keyof Config, Setting<unknown>][];

/** A setting as it is in force, without what is secret of it. */
export interface SettingFact {
  readonly name: string;
  /** Null for a secret, of which only that it is there is told. */
  readonly value: unknown;
  readonly secret: boolean;
  readonly set: boolean;
}

/** All settings in force, for who has to know how an installation is set up. */
export function settingFacts(config: Config): SettingFact[] {
  return entries.map(([key, { name, secret = false }]) => {
    const value: unknown = config[key];
    const set = value != null && !(Array.isArray(value) && value.length === 0);
    return { name, value: secret ? null : (value ?? null), secret, set };
  });
}

/** Every secret that a configuration holds, as it would stand in a text; for who searches a text for them. */
export function secretValues(config: Config): string[] {
  const values = entries.flatMap(([key, { secret = false }]) => {
    const value: unknown = secret ? config[key] : undefined;
    return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
  });
  return [...values, ...Object.values(config).flatMap((value) => passwordsIn(value))];
}

/**
 * Values of variables that are none of ours and whose names say that they are secret, and passwords in the addresses
 * of all of them: they may stand in what another program has logged.
 */
export function secretVariables(environment: Environment = process.env): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || name.endsWith('_FILE')) return [];
    return TELLING.test(name) ? [value, ...passwordsIn(value)] : passwordsIn(value);
  });
}

function passwordsIn(value: unknown): string[] {
  if (typeof value !== 'string' || !value.includes('://') || !URL.canParse(value)) return [];
  const { password } = new URL(value);
  return password === '' ? [] : [password, decode(password)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
