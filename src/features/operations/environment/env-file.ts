import { parseEnv } from 'node:util';
import { listSettings } from '#platform/config/index.ts';
import { composeVariables, settingsOfCompose } from './compose-variables.ts';

const WIDTH = 100;

/**
 * The text of a `.env`: every variable with its meaning, those in `values` set, the others as comments that show
 * their default. With no values it is the example that ships.
 */
export function renderEnvironment(values: Readonly<Record<string, string>> = {}): string {
  const lines = [
    ...comment(
      'Settings of one installation, read by Compose. What stands in a comment has the value shown.',
    ),
    ...comment('No secret belongs here: secrets are files in SECRETS_DIR, which the compose files name.'),
  ];
  for (const { title, variables } of composeVariables) {
    lines.push('', `## ${title}`);
    for (const { name, fallback, description } of variables) {
      lines.push('', ...comment(description), assignment(name, values[name], fallback));
    }
  }
  lines.push('', '## The product (docs/configuration.md); empty means the default');
  for (const { name, description, secret, defaultText } of productSettings()) {
    lines.push('', ...comment(description));
    if (secret) lines.push(`# ${name}_FILE=/run/secrets/${name.toLowerCase()}`);
    else lines.push(assignment(name, values[name], defaultText === 'none' ? '' : defaultText));
  }
  return `${lines.join('\n')}\n`;
}

/** What a `.env` sets. */
export function parseEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parseEnv(text)).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Settings of the product that an operator gives in `.env`; the compose files give the others themselves. */
function productSettings(): ReturnType<typeof listSettings> {
  return listSettings().filter(({ name }) => !(name in settingsOfCompose));
}

function assignment(name: string, value: string | undefined, fallback: string | undefined): string {
  if (value !== undefined) return `${name}=${value}`;
  return fallback === undefined ? `${name}=` : `# ${name}=${fallback}`;
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
