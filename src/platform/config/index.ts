import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { integer, list, oneOf, type Setting, secret, text } from './settings.ts';

export { inheritedVariables } from './inherited.ts';

const settings = {
  host: text('HOST', '127.0.0.1', 'Address to listen on.'),
  port: integer('PORT', 3000, [0, 65535], 'Port to listen on; 0 takes a free one.'),
  dataDir: text(
    'DATA_DIR',
    './data',
    'Folder that holds everything: database, index, mirrors, files and keys.',
  ),
  allowedHosts: list(
    'ALLOWED_HOSTS',
    'Further Host names that requests may name, beside the loopback names.',
  ),
  logLevel: oneOf(
    'LOG_LEVEL',
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'The least important log line that is written.',
  ),
  secretKey: secret(
    'SECRET_KEY',
    'Key that encrypts stored tokens: 32 bytes as 64 hexadecimal characters. Made and kept in DATA_DIR/secret-key if not given.',
  ),
  gitTimeoutSeconds: integer(
    'GIT_TIMEOUT_SECONDS',
    1800,
    [1, 86_400],
    'Longest time one git command may take.',
  ),
  gitMaxMegabytes: integer(
    'GIT_MAX_MEGABYTES',
    4096,
    [1, 1_000_000],
    'Largest mirror of one repository, in MB.',
  ),
  syncMinutes: integer(
    'SYNC_MINUTES',
    30,
    [1, 10_080],
    'How often a tracked repository is fetched, unless it says otherwise.',
  ),
  outgoingAllowHosts: list(
    'OUTGOING_ALLOW_HOSTS',
    'Hosts that may be fetched though their address is private or loopback.',
  ),
  uploadMaxMegabytes: integer(
    'UPLOAD_MAX_MEGABYTES',
    50,
    [1, 1024],
    'Largest document that is accepted, in MB.',
  ),
  modelProvider: oneOf(
    'MODEL_PROVIDER',
    ['anthropic', 'openai', 'openai-compatible'],
    undefined,
    'Language model that writes answers. Without one, answers are ranked quotations.',
  ),
  modelName: text('MODEL_NAME', undefined, 'Name of the model at its provider.'),
  modelApiKey: secret('MODEL_API_KEY', 'Key for the model provider.'),
  modelBaseUrl: text(
    'MODEL_BASE_URL',
    undefined,
    'Base URL of the model server; needed for openai-compatible.',
  ),
  modelTimeoutSeconds: integer(
    'MODEL_TIMEOUT_SECONDS',
    60,
    [1, 600],
    'Longest time an answer of the model may take.',
  ),
};

type Settings = typeof settings;
export type Config = { readonly [Key in keyof Settings]: ReturnType<Settings[Key]['parse']> };
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the whole configuration once.
 * Throws AppError `config-invalid`, whose message names each wrong variable; a process then exits 78.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings) as [string, Setting<unknown>][]) {
    try {
      values[key] = setting.parse(readValue(environment, setting.name));
    } catch (error) {
      problems.push(`${setting.name} must ${(error as Error).message}.`);
    }
  }
  if (problems.length === 0) problems.push(...contradictions(values as Config));
  if (problems.length > 0) throw appError('config-invalid', 500, problems.join(' '));
  return { ...(values as Config), dataDir: resolve(values['dataDir'] as string) };
}

function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (config.secretKey !== undefined && !/^[0-9a-f]{64}$/i.test(config.secretKey)) {
    problems.push('SECRET_KEY must be 64 hexadecimal characters (32 bytes).');
  }
  if (config.modelProvider && !config.modelName) {
    problems.push('MODEL_NAME must be set when MODEL_PROVIDER is.');
  }
  if (config.modelProvider === 'openai-compatible' && !config.modelBaseUrl) {
    problems.push('MODEL_BASE_URL must be set when MODEL_PROVIDER is openai-compatible.');
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

/** The documentation of every setting, as a Markdown table. */
export function describeConfig(): string {
  const rows = Object.values(settings as Record<string, Setting<unknown>>).map(
    (setting) => `| \`${setting.name}\` | ${setting.defaultText} | ${setting.description} |`,
  );
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}
