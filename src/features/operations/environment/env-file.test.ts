import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { listSettings } from '#platform/config/index.ts';
import { findUsages, type Usage } from './compose-usage.ts';
import { composeVariables, settingsWithoutVariable } from './compose-variables.ts';
import { parseEnvironment, renderEnvironment } from './env-file.ts';
import { readComposeFiles } from './shipped.ts';

/** Given by Compose from the file that a deploy writes for a colour, and not by the operator. */
const GIVEN_BY_DEPLOY = ['INSTALLATION', 'RELEASE', 'RELEASE_COLOUR'];
const READ_BY_COMPOSE = ['COMPOSE_PROJECT_NAME', 'COMPOSE_FILE'];

let usages: Map<string, Usage>;
let example: string;
beforeAll(async () => {
  usages = findUsages((await readComposeFiles()).map(({ text }) => text));
  example = await readFile(new URL('../../../../deploy/compose/.env.example', import.meta.url), 'utf8');
});

const namesIn = (text: string): string[] =>
  [...text.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? '');

describe('.env.example', () => {
  test('documents every variable that a compose file reads, and none that nobody does', () => {
    const used = [...usages.keys()].filter((name) => !GIVEN_BY_DEPLOY.includes(name));
    expect(used.length).toBeGreaterThan(50);
    expect(namesIn(example).sort()).toEqual([...new Set([...used, ...READ_BY_COMPOSE])].sort());
  });

  test('sets nothing, and shows no secret: those are named by their file', () => {
    expect(parseEnvironment(example)).toEqual({});
    const secrets = listSettings().filter(({ secret }) => secret);
    for (const { name } of secrets) {
      const [, value = ''] = new RegExp(`^# ${name}=(.*)$`, 'm').exec(example) ?? [];
      // An address may be shown, and then holds no password.
      expect({ name, value }).toEqual({
        name,
        value: expect.stringMatching(/^([a-z]+:\/\/([a-z]+@)?[a-z:/0-9]+)?$/),
      });
    }
    expect(example).toContain('# MODEL_API_KEY_FILE=/run/secrets/model_api_key');
  });

  test('has a meaning for every variable', () => {
    const lines = example.split('\n');
    for (const [index, line] of lines.entries()) {
      if (/^(# )?[A-Z][A-Z0-9_]*=/.test(line)) expect(lines[index - 1]).toMatch(/^# \S.*/);
    }
  });

  test('every setting of the product can be given, or it is said why not', () => {
    const lost = listSettings()
      .map(({ name }) => name)
      .filter(
        (name) => !usages.has(name) && !usages.has(`${name}_FILE`) && !(name in settingsWithoutVariable),
      );
    expect(lost).toEqual([]);
    const given = Object.keys(settingsWithoutVariable).filter((name) => usages.has(name));
    expect(given.filter((name) => !GIVEN_BY_DEPLOY.includes(name))).toEqual([]);
  });
});

describe('the text of a .env', () => {
  test('sets what it is given and reads back as that', () => {
    const values = {
      COMPOSE_PROJECT_NAME: 'radar',
      PUBLIC_URL: 'https://radar.example.com',
      API_REPLICAS: '3',
    };
    expect(parseEnvironment(renderEnvironment(usages, values))).toEqual(values);
  });

  test('no variable of Compose is one of the product as well', () => {
    const settings = new Set(listSettings().map(({ name }) => name));
    const names = composeVariables.flatMap(({ variables }) => variables.map(({ name }) => name));
    expect(names.filter((name) => settings.has(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('what the compose files use', () => {
  test('is found in values with and without a default, in what is passed on, and behind merges', () => {
    const text = `
x-base: &base
  image: \${IMAGE:?name one}
  environment: &settings
    GIVEN: \${GIVEN:-a:b}
    PASSED_ON:
    FIXED: "5"
    SHELL: $$HOME
services:
  one:
    <<: *base
    environment:
      <<: *settings
      OWN: \${OWN}
  two:
    environment: [LISTED, SET=1]
# \${COMMENT}
`;
    expect(Object.fromEntries(findUsages([text]))).toEqual({
      IMAGE: { fallback: undefined },
      GIVEN: { fallback: 'a:b' },
      OWN: { fallback: undefined },
      PASSED_ON: { fallback: undefined },
      LISTED: { fallback: undefined },
    });
  });
});
