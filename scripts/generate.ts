import { readFile, writeFile } from 'node:fs/promises';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { describeConfig } from '../src/platform/config/index.ts';
import { startTestApp } from '../src/testing/index.ts';

/** Files made from the code, by path. With --check nothing is written and a stale one is an error. */
async function makeFiles(): Promise<Record<string, string>> {
  const app = await startTestApp();
  const { body } = await app.request('GET', '/api/docs/json');
  await app.close();
  const types = astToString(await openapiTypescript(body));
  const note = '// Generated from the API description by `npm run generate`; do not edit.\n\n';
  return {
    'src/web/api/schema.d.ts': `${note}${types}`,
    'docs/configuration.md': configurationPage(),
  };
}

function configurationPage(): string {
  return `# Configuration

<!-- Generated from src/platform/config by \`npm run generate\`; do not edit. -->

Settings are environment variables, read and checked once at start. A wrong value is named in one sentence and
the process exits with 78. Each may also be given as \`NAME_FILE\`, the path of a file that holds the value,
which is how secrets are best handed over.

${describeConfig()}
`;
}

const check = process.argv.includes('--check');
for (const [path, content] of Object.entries(await makeFiles())) {
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present === content) continue;
  if (check) {
    process.stderr.write(`${path} is not what the code says; run \`npm run generate\` and commit it.\n`);
    process.exitCode = 1;
  } else {
    await writeFile(path, content);
  }
}
