import { readFileSync } from 'node:fs';
import { install } from '../../e2e/faults/installation.ts';
import { cpuOf, postgresCpuMs } from '../api/contestants.ts';
import { seed } from '../api/seed.ts';
import type { Team } from './callers.ts';
import type { System, Usage } from './system.ts';
import { teamStatements } from './team.ts';

const DATABASE = 'product';

/** The same without containers: `bin/commandcenter serve` and `worker` with PostgreSQL and Redis of their own. */
export async function startProcesses(team: Team): Promise<System> {
  const installation = await install({
    postgres: { settings: { shared_buffers: '256MB', max_connections: '100' } },
    // The limits are those of an installation.
    env: { RATE_LIMIT_PER_MINUTE: '1200' },
  });
  try {
    const query = (text: string) => installation.postgres.query(text, DATABASE);
    await seed({ query });
    await query((await teamStatements(team)).join(';\n'));
    const server = await installation.serve();
    const worker = await installation.work();
    return {
      name: 'processes',
      url: server.url,
      usage: async () => ({
        api: usageOf(server.child.pid ?? 0),
        worker: usageOf(worker.child.pid ?? 0),
        // What its processes share would be counted for each of them.
        postgres: { cpuMs: postgresCpuMs(installation.postgres), memoryBytes: 0 },
      }),
      containers: {},
      close: () => installation.close(),
    };
  } catch (error) {
    await installation.close();
    throw error;
  }
}

function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { cpuMs: cpuOf(pid), memoryBytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024 };
}
