import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { joinPasswords } from './passwords.ts';
import type { Environment, Setting } from './settings.ts';
import { type Config, settings } from './table.ts';

export { inheritedVariables } from './inherited.ts';
export { type SettingFact, secretValues, secretVariables, settingFacts } from './secret-values.ts';
export type { Config, Environment };

/**
 * Reads and checks the whole configuration once.
 * Throws AppError `config-invalid`, whose message names each wrong variable; a process then exits 78.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const { config, problems } = inspectConfig(environment);
  if (problems.length > 0) throw appError('config-invalid', 500, problems.join(' '));
  return config;
}

/**
 * Reads a configuration that may be wrong: says each problem in a sentence, and takes the default for a value that
 * can't be read.
 */
export function inspectConfig(environment: Environment): { config: Config; problems: string[] } {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings) as [string, Setting<unknown>][]) {
    try {
      values[key] = setting.parse(readValue(environment, setting.name));
    } catch (error) {
      problems.push(`${setting.name} must ${(error as Error).message}.`);
      values[key] = setting.parse(undefined);
    }
  }
  if (problems.length === 0) problems.push(...contradictions(values as Config));
  const joined = joinPasswords({ ...(values as Config), dataDir: resolve(values['dataDir'] as string) });
  return { config: joined.config, problems: [...problems, ...joined.problems] };
}

/** The variables that are read, and which of them hold a secret; each may also be given as NAME_FILE. */
export function settingVariables(): { name: string; secret: boolean }[] {
  return Object.values(settings as Record<string, Setting<unknown>>).map(({ name, secret = false }) => ({
    name,
    secret,
  }));
}

/** The configuration in force, by the names of its variables, without what is secret. */
export function visibleConfig(config: Config): Record<string, unknown> {
  const visible = Object.entries(settings as Record<string, Setting<unknown>>).filter(
    ([, { secret }]) => !secret,
  );
  return Object.fromEntries(visible.map(([key, { name }]) => [name, config[key as keyof Config] ?? null]));
}

function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (config.secretKey !== undefined && !isKey(config.secretKey)) {
    problems.push('SECRET_KEY must be 64 hexadecimal characters (32 bytes).');
  }
  if (!config.previousSecretKeys.every(isKey)) {
    problems.push('PREVIOUS_SECRET_KEYS must each be 64 hexadecimal characters (32 bytes).');
  }
  problems.push(
    ...serverContradictions(config),
    ...oidcContradictions(config),
    ...networkContradictions(config),
  );
  if (config.modelProvider && !config.modelName) {
    problems.push('MODEL_NAME must be set when MODEL_PROVIDER is.');
  }
  if (config.modelProvider === 'openai-compatible' && !config.modelBaseUrl) {
    problems.push('MODEL_BASE_URL must be set when MODEL_PROVIDER is openai-compatible.');
  }
  return problems;
}

const isKey = (text: string): boolean => /^[0-9a-f]{64}$/i.test(text);

function serverContradictions(config: Config): string[] {
  const problems: string[] = [];
  const urls = {
    DATABASE_URL: [config.databaseUrl, /^postgres(ql)?:$/, 'postgres://user:password@host/name'],
    REDIS_URL: [config.redisUrl, /^rediss?:$/, 'redis://user:password@host:6379'],
    REDIS_CACHE_URL: [config.redisCacheUrl, /^rediss?:$/, 'redis://user:password@host:6379'],
    PUBLIC_URL: [config.publicUrl, /^https?:$/, 'https://radar.example.com'],
    OTEL_EXPORTER_OTLP_ENDPOINT: [config.traceEndpoint, /^https?:$/, 'http://localhost:4318'],
  } as const;
  for (const [name, [value, protocol, example]] of Object.entries(urls)) {
    if (value !== undefined && !(URL.canParse(value) && protocol.test(new URL(value).protocol))) {
      problems.push(`${name} must be a URL such as ${example}.`);
    }
  }
  if (config.databaseUrl && !config.secretKey) {
    problems.push(
      'SECRET_KEY must be set when DATABASE_URL is, because every process needs the same: `openssl rand -hex 32` makes one.',
    );
  }
  return problems;
}

function networkContradictions(config: Config): string[] {
  const problems: string[] = [];
  const wrong = config.trustedProxies.find((entry) => !isNetwork(entry));
  if (wrong !== undefined) {
    problems.push(`TRUSTED_PROXIES must list addresses or networks such as 10.0.0.0/8, not "${wrong}".`);
  }
  if (config.allowedHosts.some((host) => host.includes('*'))) {
    problems.push('ALLOWED_HOSTS must list whole names: a wildcard would let any page in.');
  }
  return problems;
}

/** An IP address, or one with a prefix length that leaves something to be told apart by. */
function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (length === undefined) return true;
  const bits = Number(length);
  return /^\d+$/.test(length) && bits > 0 && bits <= (version === 4 ? 32 : 128);
}

function oidcContradictions(config: Config): string[] {
  const problems: string[] = [];
  if (!config.oidcIssuer) return problems;
  if (!config.oidcClientId) problems.push('OIDC_CLIENT_ID must be set when OIDC_ISSUER is.');
  if (!config.publicUrl)
    problems.push('PUBLIC_URL must be set when OIDC_ISSUER is: the provider sends people back there.');
  const issuer = config.oidcIssuer;
  if (!(URL.canParse(issuer) && /^https?:$/.test(new URL(issuer).protocol))) {
    problems.push('OIDC_ISSUER must be a URL such as https://id.example.com.');
  }
  const wrong = config.oidcRoles.find((entry) => !/^.+=(owner|editor|viewer)@[^@\s]+$/.test(entry));
  if (wrong !== undefined) {
    problems.push(
      `OIDC_ROLES must hold entries such as platform-team=editor@default, not "${wrong}"; roles are owner, editor and viewer.`,
    );
  }
  return problems;
}

function readValue(environment: Environment, name: string): string | undefined {
  const direct = environment[name];
  const file = environment[`${name}_FILE`];
  if (direct && file) throw new Error(`be given once: set ${name} or ${name}_FILE, not both`);
  if (!file) return direct || undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    throw new Error(
      `be readable from ${name}_FILE (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`,
    );
  }
}

/** Every setting in the order of the documentation, for what is generated from them. */
export function listSettings(): readonly Omit<Setting<unknown>, 'parse'>[] {
  return Object.values(settings);
}

/** The documentation of every setting, as a Markdown table. */
export function describeConfig(): string {
  const rows = listSettings().map(
    (setting) => `| \`${setting.name}\` | ${setting.defaultText} | ${setting.description} |`,
  );
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}
