import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
// Fewer would mean that the tool no longer reads the code, and then finds nothing wrong with it.
const FEWEST_MODULES = 200;

/** Runs the project's import rules on the `src` of a folder. */
async function cruise(folder: string): Promise<{ modules: number; broken: string[] }> {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = join(root, '.dependency-cruiser.cjs');
  const { stdout } = await run(
    process.execPath,
    [cruiser, 'src', '--config', config, '--output-type', 'json'],
    {
      cwd: folder,
      maxBuffer: 256 * 1024 * 1024,
    },
  ).catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(stdout) as {
    summary: { totalCruised: number; violations: { rule: { name: string } }[] };
  };
  return { modules: summary.totalCruised, broken: summary.violations.map(({ rule }) => rule.name) };
}

test('the code keeps to the import rules, and the tool really reads it', async () => {
  const { modules, broken } = await cruise(root);
  expect(broken).toEqual([]);
  expect(modules).toBeGreaterThan(FEWEST_MODULES);
});

test('each kind of forbidden import is found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-imports-'));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  await cp(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  await write('src/features/radar/index.ts', 'export const radar = 1;\n');
  await write('src/features/radar/store.ts', 'export const rows = 1;\n');
  await write('src/features/evidence/index.ts', "export { radar } from '../radar/index.ts';\n");
  await write('src/features/knowledge/service.ts', "export { rows } from '../radar/store.ts';\n");
  await write('src/platform/clock/index.ts', "export { radar } from '../../features/radar/index.ts';\n");
  await write('src/web/app.ts', "export { radar } from '../features/radar/index.ts';\n");
  await write('src/testing/index.ts', 'export const helper = 1;\n');
  await write(
    'src/server/index.ts',
    "export { helper } from '../testing/index.ts';\nexport { rows } from '../features/radar/store.ts';\n",
  );
  await write('src/cli/a.ts', "import './b.ts';\nexport const a = 1;\n");
  await write('src/cli/b.ts', "import { a } from './a.ts';\nexport const b = a;\n");
  await write('src/server/c.ts', "import type { D } from './d.ts';\nexport interface C { d: D }\n");
  await write('src/server/d.ts', "import type { C } from './c.ts';\nexport interface D { c: C }\n");
  const { broken } = await cruise(folder);
  await rm(folder, { recursive: true });
  for (const rule of [
    'feature-evidence-looks-up',
    'feature-only-by-its-index',
    'platform-knows-no-feature',
    'web-only-by-generated-types',
    'testing-only-in-tests',
    'routes-and-jobs-only-for-app',
  ]) {
    expect(broken, rule).toContain(rule);
  }
  // That of values, and that of types.
  expect(broken.filter((rule) => rule === 'no-circular')).toHaveLength(2);
});
