import { parseEnv } from 'node:util';
import { listSettings } from '#platform/config/index.ts';
import type { Usage } from './compose-usage.ts';
import { composeVariables, settingsWithoutVariable } from './compose-variables.ts';

const WIDTH = 100;

/**
 * The text of a `.env`: every variable that the compose files use, with its meaning. Those in `values` are set, the
 * others stand as comments that show their default. With no values it is the example that ships.
 */
export function renderEnvironment(
  usages: ReadonlyMap<string, Usage>,
  values: Readonly<Record<string, string>> = {},
): string {
  const lines = [
    ...comment(
      'Settings of one installation, read by Compose. What stands in a comment shows the default of production.',
    ),
    ...comment('No secret belongs here: secrets are files in SECRETS_DIR.'),
  ];
  const add = (name: string, description: string, fallback: string): void => {
    const value = values[name];
    lines.push(
      '',
      ...comment(description),
      value === undefined ? `# ${name}=${fallback}` : `${name}=${value}`,
    );
  };
  for (const { title, variables } of composeVariables) {
    lines.push('', `## ${title}`);
    for (const { name, description, example } of variables) {
      add(name, description, usages.get(name)?.fallback ?? example ?? '');
    }
  }
  lines.push('', '## The product: docs/configuration.md');
  for (const { name, description, defaultText } of listSettings()) {
    if (name in settingsWithoutVariable) continue;
    const usage = usages.get(name);
    if (usage) add(name, description, usage.fallback ?? (defaultText === 'none' ? '' : defaultText));
    const file = usages.get(`${name}_FILE`);
    if (file) add(`${name}_FILE`, description, file.fallback ?? `/run/secrets/${name.toLowerCase()}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What a `.env` sets. */
export function parseEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parseEnv(text)).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function comment(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
