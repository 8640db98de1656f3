import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  nameImages,
  type Release,
  readState,
  type State,
  writeDurably,
  writeReleaseEnv,
  writeState,
} from './journal.ts';
import { whileLocked } from './lock.ts';
import type { Site } from './site.ts';

const release: Release = {
  name: '20261126-120000-abcd',
  colour: 'green',
  image: 'registry.example.com/commandcenter@sha256:aa',
  webImage: 'registry.example.com/commandcenter-web@sha256:bb',
  imageIds: { image: 'sha256:1', webImage: 'sha256:2' },
  deployedAt: '2026-11-26T12:00:00.000Z',
};

let site: Site;
beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'commandcenter-journal-'));
  site = { directory, project: 'radar', composeFiles: [], publicHost: 'x', images: {}, tls: true };
});
afterEach(() => rm(site.directory, { recursive: true, force: true }));

describe('the journal', () => {
  test('is empty before the first deploy', async () => {
    expect(await readState(site)).toEqual({ current: null, kept: null, operation: null, history: [] });
  });

  test('is read as it was written, by its owner only, and nothing else is left in the folder', async () => {
    const state: State = { current: release, kept: null, operation: null, history: [] };
    await writeState(site, state);
    await writeState(site, { ...state, kept: release });
    expect(await readState(site)).toEqual({ ...state, kept: release });
    expect(await readdir(join(site.directory, 'deployments'))).toEqual(['state.json']);
    expect((await stat(join(site.directory, 'deployments/state.json'))).mode & 0o777).toBe(0o600);
  });

  test('keeps the newest 200 entries', async () => {
    const entry = {
      kind: 'deploy',
      image: 'a',
      webImage: 'b',
      startedAt: 'x',
      endedAt: 'y',
      outcome: 'done',
    } as const;
    const history = Array.from({ length: 250 }, (_, n) => ({ ...entry, release: String(n) }));
    await writeState(site, { current: null, kept: null, operation: null, history });
    const read = await readState(site);
    expect(read.history.length).toBe(200);
    expect(read.history[0]?.release).toBe('0');
  });

  test('that can’t be read is told in a sentence', async () => {
    await mkdir(join(site.directory, 'deployments'));
    await writeFile(join(site.directory, 'deployments/state.json'), '{"current":');
    await expect(readState(site)).rejects.toMatchObject({ code: 'journal-damaged' });
  });

  test('is whole at any moment: whoever reads while it is written sees the old or the new', async () => {
    const path = join(site.directory, 'file');
    const texts = ['a'.repeat(200_000), 'b'.repeat(300_000)];
    await writeDurably(path, texts[0] as string, 0o600);
    let writing = true;
    const writes = (async () => {
      for (let n = 0; n < 20; n++) await writeDurably(path, texts[n % 2] as string, 0o600);
      writing = false;
    })();
    while (writing) expect(texts.includes(await readFile(path, 'utf8'))).toBe(true);
    await writes;
  });
});

test('.env names the images that serve; every other line and its mode stay', async () => {
  const path = join(site.directory, '.env');
  await writeFile(
    path,
    '# Images\nCOMMANDCENTER_IMAGE=old\nPUBLIC_URL=https://x\n# COMMANDCENTER_IMAGE=no\n',
  );
  await chmod(path, 0o640);
  await nameImages(site, { image: 'new$&', webImage: 'web' });
  expect(await readFile(path, 'utf8')).toBe(
    '# Images\nCOMMANDCENTER_IMAGE=new$&\nPUBLIC_URL=https://x\n# COMMANDCENTER_IMAGE=no\nCOMMANDCENTER_WEB_IMAGE=web\n',
  );
  expect((await stat(path)).mode & 0o777).toBe(0o640);
});

test('a new file that containers read can be read by them whatever the umask is', async () => {
  const before = process.umask(0o077);
  await writeDurably(join(site.directory, 'edge/upstreams.conf'), 'x').finally(() => process.umask(before));
  expect((await stat(join(site.directory, 'edge/upstreams.conf'))).mode & 0o777).toBe(0o644);
});

test('Compose is told what a colour consists of', async () => {
  await writeReleaseEnv(site, release);
  expect(await readFile(join(site.directory, 'deployments/green.env'), 'utf8')).toBe(
    `# Written by \`commandcenter deploy\`.
INSTALLATION=radar
RELEASE=20261126-120000-abcd
RELEASE_COLOUR=green
COMMANDCENTER_IMAGE=registry.example.com/commandcenter@sha256:aa
COMMANDCENTER_WEB_IMAGE=registry.example.com/commandcenter-web@sha256:bb
`,
  );
});

describe('two deploys in one folder', () => {
  test('the second is refused and told who is at it', async () => {
    await whileLocked(site, async () => {
      await expect(whileLocked(site, async () => {})).rejects.toMatchObject({
        code: 'deploy-running',
        message: expect.stringContaining(`Process ${process.pid}`),
      });
    });
    await whileLocked(site, async () => {});
  });

  test('a killed one holds nothing', async () => {
    const lock = new URL('./lock.ts', import.meta.url);
    const script = `import { whileLocked } from ${JSON.stringify(lock.href)};
      await whileLocked(${JSON.stringify(site)}, async () => {
        console.log('locked');
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(whileLocked(site, async () => {})).rejects.toMatchObject({ code: 'deploy-running' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await whileLocked(site, async () => {});
  });
});
