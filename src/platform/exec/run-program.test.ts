import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createByteReader, runProgram, spawnProgram } from './index.ts';

const env = { PATH: process.env['PATH'] ?? '' };
const base = { env, timeoutMs: 20_000 };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('runProgram', () => {
  test('passes arguments as they are, with no shell between', async () => {
    const tricky = ['$(touch x)', '; echo y', '"quoted"', '*', ''];
    const { stdout, exitCode } = await runProgram('printf', ['%s\\n', ...tricky], base);
    expect(stdout.toString().split('\n').slice(0, -1)).toEqual(tricky);
    expect(exitCode).toBe(0);
  });

  test('inherits nothing of the environment', async () => {
    const { stdout } = await runProgram('env', [], { ...base, env: { ...env, ONLY: 'this' } });
    expect(stdout.toString().trim().split('\n').sort()).toEqual(['ONLY=this', `PATH=${env.PATH}`]);
  });

  test('a missing program is an error that names it', async () => {
    await expect(runProgram('no-such-program-here', [], base)).rejects.toMatchObject({
      code: 'program-missing',
      message: expect.stringContaining('no-such-program-here'),
    });
  });

  test('returns exit code and stderr of a program that fails', async () => {
    const end = await runProgram('sh', ['-c', 'echo broken >&2; exit 3'], base);
    expect(end).toMatchObject({ exitCode: 3, stderr: 'broken\n' });
  });

  test('gives input and stops at too much output', async () => {
    const echoed = await runProgram('cat', [], { ...base, input: 'hello' });
    expect(echoed.stdout.toString()).toBe('hello');
    await expect(runProgram('yes', [], { ...base, maxOutputBytes: 10_000 })).rejects.toMatchObject({
      code: 'program-output-too-large',
    });
  });

  test('a timeout ends the program and everything it started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'commandcenter-exec-'));
    const file = join(folder, 'pid');
    // The grandchild ignores SIGTERM, so that only SIGKILL to the group ends it.
    const script = `sh -c 'trap "" TERM; echo $$ > "${file}"; while :; do sleep 0.1; done' & wait`;
    await expect(runProgram('sh', ['-c', script], { ...base, timeoutMs: 700 })).rejects.toMatchObject({
      code: 'program-timeout',
    });
    const pid = Number(await readFile(file, 'utf8'));
    for (let tries = 0; tries < 50 && isAlive(pid); tries += 1) await sleep(100);
    expect(isAlive(pid)).toBe(false);
    await rm(folder, { recursive: true });
  });

  test('an abort rejects with its reason', async () => {
    const controller = new AbortController();
    const running = runProgram('sleep', ['30'], { ...base, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(running).rejects.toThrow('enough');
    expect(() => spawnProgram('sleep', ['30'], { ...base, signal: controller.signal })).toThrow('enough');
  });
});

test('a signal reaches the program and what it started, and how it ended is told', async () => {
  const program = spawnProgram('sh', ['-c', 'sleep 60 & echo $!; wait'], base);
  const [piece] = (await once(program.stdout, 'data')) as [Buffer];
  program.signal('SIGKILL');
  expect(await program.ended).toMatchObject({ exitCode: null });
  for (let tries = 0; tries < 50 && isAlive(Number(piece)); tries += 1) await sleep(100);
  expect(isAlive(Number(piece))).toBe(false);
  program.signal('SIGKILL');
});

describe('createByteReader', () => {
  async function* chunks(...parts: string[]): AsyncGenerator<Buffer> {
    for (const part of parts) yield Buffer.from(part);
  }

  test('reads across chunk borders', async () => {
    const reader = createByteReader(chunks('ab', 'c\0d', 'efgh', 'i\0', 'end'));
    expect(String(await reader.readUntil(0))).toBe('abc');
    expect(await reader.peek()).toBe('d'.charCodeAt(0));
    expect(String(await reader.readExactly(4))).toBe('defg');
    expect(await reader.skip(1)).toBe(true);
    expect(String(await reader.readUntil(0))).toBe('i');
    expect(String(await reader.readUntil(0))).toBe('end');
    expect(await reader.readUntil(0)).toBeUndefined();
    expect(await reader.readExactly(1)).toBeUndefined();
    expect(await reader.skip(1)).toBe(false);
  });
});
