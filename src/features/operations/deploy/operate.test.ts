import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appError } from '#platform/errors/index.ts';
import { renderRoute, writeRoute } from './edge.ts';
import type { Engine } from './engine.ts';
import { type Operation, type Release, readState, type State, type Step, writeState } from './journal.ts';
import { operate } from './operate.ts';
import type { Colour, Site } from './site.ts';

const quiet = { step: () => {}, say: () => {} };
const release = (name: string, colour: Colour): Release => ({
  name,
  colour,
  image: `commandcenter:${name}`,
  webImage: `commandcenter-web:${name}`,
  imageIds: { image: name, webImage: name },
  deployedAt: '2026-11-26T12:00:00.000Z',
});

let site: Site;
beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'commandcenter-operate-'));
  site = {
    directory,
    project: 'radar',
    composeFiles: ['docker-compose.yml'],
    publicHost: 'radar.example.com',
    images: {},
    tls: true,
  };
  await writeFile(join(directory, '.env'), 'COMMANDCENTER_IMAGE=commandcenter:old\n');
  await writeRoute(site, { to: 'blue' });
});
afterEach(() => rm(site.directory, { recursive: true, force: true }));

/** A command as it is told apart here: its project, and what is done. */
function shortOf(argv: readonly string[]): string {
  const project = argv[argv.indexOf('--project-name') + 1];
  const at = argv.findIndex((word) => /^(up|down|stop|run|exec|kill|ps|rm)$/.test(word));
  return argv[0] === 'compose' ? `${project} ${argv.slice(at).join(' ')}` : argv.join(' ');
}

/**
 * Docker in which everything is as it should be, but for commands that a pattern names. Each command is kept together
 * with the step that was written down when it came.
 */
function startEngine(newest: string, failing?: RegExp) {
  const commands: { step: Step | undefined; command: string }[] = [];
  let broken = failing;
  const answer = (command: string): string => {
    const colour = /radar-(blue|green)/.exec(command)?.[1];
    if (command.startsWith('ps --all') && colour) return `${colour}-api\n${colour}-worker\n${colour}-web\n`;
    if (command.startsWith('inspect ')) return JSON.stringify(command.split(' ').slice(1).map(inspected));
    if (command.includes('ps --status running')) return 'edge\n';
    if (command.includes('--check')) return '{"pending":[],"newer":[]}';
    if (!command.startsWith('exec')) return '';
    const requests = JSON.parse(command.slice(command.lastIndexOf('[{'))) as { url: string }[];
    const body = (url: string): string =>
      url.endsWith('/readyz') ? `{"status":"ok","release":"${newest}"}` : '<script src="/assets/a-1.js">';
    return JSON.stringify(requests.map(({ url }) => ({ status: 200, body: body(url) })));
  };
  const ask: Engine['ask'] = async (argv) => {
    const command = shortOf(argv);
    commands.push({ step: (await readState(site)).operation?.step, command });
    if (broken?.test(command)) return { exitCode: 1, stdout: '', stderr: 'it is broken' };
    return { exitCode: 0, stdout: answer(command), stderr: '' };
  };
  const run: Engine['run'] = async (argv, options) => {
    const { exitCode, stdout, stderr } = await ask(argv, options);
    if (exitCode === 0) return stdout;
    throw appError('engine-refused', 424, `${shortOf(argv)}: ${stderr}`);
  };
  return {
    engine: { ask, run },
    commands,
    ran: (pattern: RegExp): boolean => commands.some(({ command }) => pattern.test(command)),
    heal: (): void => {
      broken = undefined;
    },
  };
}

function inspected(id: string) {
  return {
    Id: id,
    Name: `/${id}`,
    RestartCount: 0,
    State: { Status: 'running', ExitCode: 0, Health: { Status: 'healthy' } },
    Config: { Labels: { 'com.docker.compose.service': id.split('-')[1] } },
    NetworkSettings: { Networks: { radar_application: { IPAddress: '10.0.0.2' } } },
  };
}

const old = release('old', 'blue');
const next = release('next', 'green');

async function begin(kind: Operation['kind'], step: Step, kept: Release | null = null): Promise<State> {
  const options = { readySeconds: 1, drainSeconds: 1 };
  const operation: Operation = { kind, release: next, options, step, startedAt: '2026-11-26T12:00:00.000Z' };
  const state: State = { current: old, kept, operation, history: [] };
  await writeState(site, state);
  return state;
}

/** Goes on as a new process would: with what is written down. */
async function goOn(engine: Engine) {
  const state = await readState(site);
  if (!state.operation) throw new Error('Nothing is under way.');
  return operate({ site, engine, state, operation: state.operation, say: () => {} }, quiet);
}

const upstreams = (): Promise<string> => readFile(join(site.directory, 'edge/upstreams.conf'), 'utf8');

test('a deploy writes each step down before it does anything of it', async () => {
  await begin('deploy', 'data');
  const { engine, commands, ran } = startEngine('next');
  await goOn(engine);
  const first = (pattern: RegExp): Step | undefined =>
    commands.find(({ command }) => pattern.test(command))?.step;
  expect(first(/^radar up .* postgres redis/)).toBe('data');
  expect(first(/^radar run .* migrate$/)).toBe('migrate');
  expect(first(/^radar-green down/)).toBe('clear');
  expect(first(/^radar-green up .* api worker$/)).toBe('start');
  expect(first(/^exec green-api .*\/readyz/s)).toBe('smoke');
  expect(first(/^exec green-api .*edge:8443/s)).toBe('verify');
  expect(first(/^top edge/)).toBe('drain');
  expect(first(/^radar-blue stop worker api$/)).toBe('stop');
  expect(ran(/blue down|stop .*web/)).toBe(false);
  expect(await readState(site)).toMatchObject({
    current: { name: 'next' },
    kept: { name: 'old' },
    operation: null,
  });
  expect(await upstreams()).toBe(renderRoute({ to: 'green', before: 'blue' }));
  expect(await readFile(join(site.directory, '.env'), 'utf8')).toContain(
    'COMMANDCENTER_IMAGE=commandcenter:next\n',
  );
});

describe('a deploy that fails', () => {
  test.each<[Step, RegExp]>([
    ['data', /^radar up .* postgres/],
    ['migrate', /^radar run .* migrate$/],
    ['start', /^radar-green up/],
    ['smoke', /^exec green-api .*:8080/s],
    ['switch', /nginx -t/],
    ['verify', /edge:8443/],
  ])(
    'at "%s" is taken back: who served serves, and nothing of the new release is left',
    async (step, failing) => {
      await begin('deploy', step === 'switch' ? 'start' : 'data', release('kept', 'green'));
      const { engine, ran, heal } = startEngine('next', failing);
      // The edge refuses what it is given once, and takes back what it had.
      const asked = engine.ask;
      engine.ask = async (argv, options) => {
        const answer = await asked(argv, options);
        if (step === 'switch' && answer.exitCode !== 0) heal();
        return answer;
      };
      await expect(goOn(engine)).rejects.toMatchObject({ status: 424 });
      const state = await readState(site);
      expect(state).toMatchObject({
        current: { name: 'old' },
        kept: { name: 'kept' },
        operation: null,
        history: [{ kind: 'deploy', release: 'next', outcome: 'undone', step }],
      });
      expect(await upstreams()).toBe(renderRoute({ to: 'blue' }));
      expect(ran(/^radar-blue (stop|down|up)/)).toBe(false);
      expect(ran(/^radar-green down/)).toBe(step !== 'data' && step !== 'migrate');
    },
  );

  test('after the switch only goes forward, and is finished later', async () => {
    await begin('deploy', 'data');
    const { engine, ran, heal } = startEngine('next', /^radar-blue stop/);
    await expect(goOn(engine)).rejects.toMatchObject({
      code: 'deploy-unfinished',
      remedy: expect.stringContaining('--resume'),
    });
    expect((await readState(site)).operation).toMatchObject({ step: 'stop' });
    expect(await upstreams()).toBe(renderRoute({ to: 'green', before: 'blue' }));
    expect(ran(/^radar-green (stop|down).*worker/)).toBe(false);
    heal();
    await goOn(engine);
    expect(await readState(site)).toMatchObject({ current: { name: 'next' }, operation: null });
  });

  test('and can’t be taken back is taken back later', async () => {
    await begin('deploy', 'start');
    const { engine, heal } = startEngine('next', /^radar-green (up|down)/);
    await expect(goOn(engine)).rejects.toMatchObject({ code: 'undo-failed' });
    expect((await readState(site)).operation?.problem).toContain('it is broken');
    heal();
    await expect(goOn(engine)).rejects.toMatchObject({ code: 'deploy-undone' });
    expect(await readState(site)).toMatchObject({ current: { name: 'old' }, operation: null });
  });
});

test('a release that was stopped by hand is not looked for by the edge while room is made', async () => {
  await begin('deploy', 'clear');
  const { engine, ran } = startEngine('somebody else');
  const asked = engine.ask;
  const stopped = (text: string): string =>
    text.includes('"blue-api"') ? text.replaceAll('"Status":"running"', '"Status":"exited"') : text;
  engine.run = async (argv) => stopped((await asked(argv)).stdout);
  await writeRoute(site, { to: 'blue', before: 'green' });
  await expect(goOn({ ...engine, ask: asked })).rejects.toMatchObject({ code: 'deploy-undone' });
  expect(ran(/nginx -t/)).toBe(false);
  expect(ran(/^radar-green down/)).toBe(true);
  expect((await readState(site)).operation).toBeNull();
});

test('a rollback that fails stops what it has started, and removes nothing', async () => {
  await begin('rollback', 'start', next);
  const { engine, ran } = startEngine('somebody else');
  await expect(goOn(engine)).rejects.toMatchObject({ status: 424 });
  expect(ran(/^radar-green stop worker api$/)).toBe(true);
  expect(ran(/ (down|rm) /)).toBe(false);
  expect(await readState(site)).toMatchObject({
    current: { name: 'old' },
    kept: { name: 'next' },
    operation: null,
  });
});
