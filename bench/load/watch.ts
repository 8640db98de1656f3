import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Usage } from './system.ts';

/** What was used at a moment. CPU is counted up, in ms. */
export interface Reading {
  readonly atMs: number;
  readonly parts: Readonly<Record<string, Usage>>;
  /** Of the whole machine, whoever used it. */
  readonly machineCpuMs: number;
}

export interface Watch {
  readonly readings: readonly Reading[];
  stop(): Promise<void>;
}

const EVERY_MS = 2000;
const MS_PER_TICK = 10;

/** Reads what the parts use every two seconds, the runner among them. A reading that fails is left out. */
export async function startWatch(
  usage: () => Promise<Record<string, Usage>>,
  now: () => number,
): Promise<Watch> {
  const readings: Reading[] = [];
  const take = async (): Promise<void> => {
    try {
      const parts = await usage();
      const { user, system } = process.cpuUsage();
      const runner = { cpuMs: (user + system) / 1000, memoryBytes: process.memoryUsage.rss() };
      readings.push({ atMs: now(), parts: { ...parts, runner }, machineCpuMs: machineCpuMs() });
    } catch (error) {
      process.stderr.write(`What is used could not be read: ${String(error)}\n`);
    }
  };
  await take();
  const timer = setInterval(() => void take(), EVERY_MS);
  return {
    readings,
    async stop() {
      clearInterval(timer);
      await take();
    },
  };
}

/** Everything but idling and waiting for a disk, of all cores. */
function machineCpuMs(): number {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0, stolen = 0] = first
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + soft + stolen) * MS_PER_TICK;
}

const LOOK_MS = 5000;
const QUIET_SHARE = 0.25;

/** Waits until the machine is little used, but not for ever; returns how much of it was used last, in cores. */
export async function untilQuiet(limitMs: number): Promise<number> {
  for (const end = Date.now() + limitMs; ; ) {
    const [before, begin] = [machineCpuMs(), performance.now()];
    await sleep(LOOK_MS);
    const cores = (machineCpuMs() - before) / (performance.now() - begin);
    if (cores < cpus().length * QUIET_SHARE || Date.now() >= end) return cores;
  }
}

export interface CpuUse {
  /** Of each part, in cores: 0.5 is half of one. */
  readonly parts: Readonly<Record<string, number>>;
  /** Of others on the same machine. */
  readonly others: number;
  readonly cores: number;
}

/** How many cores were used between two moments, from the readings next to them; undefined if there are not two. */
export function cpuBetween(readings: readonly Reading[], fromMs: number, toMs: number): CpuUse | undefined {
  const before = readings.findLast(({ atMs }) => atMs <= fromMs) ?? readings[0];
  const after = readings.findLast(({ atMs }) => atMs <= toMs);
  if (!before || !after || after.atMs <= before.atMs) return undefined;
  const ms = after.atMs - before.atMs;
  const parts = Object.fromEntries(
    Object.entries(after.parts).map(([name, { cpuMs }]) => [
      name,
      (cpuMs - (before.parts[name]?.cpuMs ?? cpuMs)) / ms,
    ]),
  );
  const ours = Object.values(parts).reduce((sum, cores) => sum + cores, 0);
  const machine = (after.machineCpuMs - before.machineCpuMs) / ms;
  return { parts, others: Math.max(0, machine - ours), cores: cpus().length };
}
