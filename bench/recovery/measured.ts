import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { cpuOf } from '../api/contestants.ts';

/** What one process took. */
export interface Measured {
  seconds: number;
  cpuSeconds: number;
  /** The most memory that was resident. */
  peakMegabytes: number;
  stdout: string;
  /** Lines of its other stream, each with when it came. */
  told: { line: string; seconds: number }[];
}

const LOOK_EVERY_MS = 10;

/** Runs a program as a process of its own and looks at it until it ends; throws if it fails. */
export async function measured(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Measured> {
  const begun = performance.now();
  const since = (): number => (performance.now() - begun) / 1000;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const found: Measured = { seconds: 0, cpuSeconds: 0, peakMegabytes: 0, stdout: '', told: [] };
  const look = (): void => {
    found.cpuSeconds = Math.max(found.cpuSeconds, cpuOf(child.pid ?? 0) / 1000);
    found.peakMegabytes = Math.max(found.peakMegabytes, peakOf(child.pid ?? 0));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  child.stdout.on('data', (data: Buffer) => {
    found.stdout += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    for (const line of data.toString().split('\n').filter(Boolean))
      found.told.push({ line, seconds: since() });
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearInterval(timer));
  found.seconds = since();
  if (code === 0) return found;
  throw new Error(`${program} ended with ${code}: ${found.told.map(({ line }) => line).join('\n')}`);
}

function peakOf(pid: number): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
