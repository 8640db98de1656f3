import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '#platform/errors/index.ts';
import type { Job } from '#platform/jobs/index.ts';
import type { Client } from './client.ts';

const POLL_MS = 250;
const BAR_WIDTH = 24;
// What one job adds to the index may be written by an index job that another one has set off.
const INDEX_JOB = 'knowledge.updateIndex';
const isUnfinished = (job: Job): boolean => job.state === 'queued' || job.state === 'running';

/**
 * Waits for jobs and everything they set off, and for the index to hold it, showing progress on stderr: a bar on a terminal, plain lines
 * elsewhere. Throws AppError `job-failed` if one of them did not succeed.
 */
export async function waitForJobs(client: Client, rootIds: readonly string[]): Promise<Job[]> {
  const display = createDisplay();
  const stopTelling = tellHowToFollow(client);
  try {
    for (;;) {
      const items: Job[] = [];
      for (const rootId of rootIds) {
        items.push(
          ...(await client.request<{ items: Job[] }>('GET', `/jobs?root=${rootId}&limit=200`)).items,
        );
      }
      display.show(items);
      if (!items.some(isUnfinished) && !(await isIndexing(client))) {
        display.end();
        refuseFailed(items);
        return items;
      }
      await sleep(POLL_MS);
    }
  } finally {
    stopTelling();
  }
}

async function isIndexing(client: Client): Promise<boolean> {
  const { items } = await client.request<{ items: Job[] }>('GET', `/jobs?kind=${INDEX_JOB}&limit=5`);
  return items.some(isUnfinished);
}

function refuseFailed(jobs: Job[]): void {
  const failed = jobs.find(
    (job) => (job.state === 'failed' || job.state === 'cancelled') && job.problem?.code !== 'superseded',
  );
  if (!failed) return;
  const { message = failed.state, remedy } = failed.problem ?? {};
  throw appError('job-failed', 422, `${failed.kind} ${failed.state}: ${message}`, {
    remedy: remedy ?? `Try it again: POST /api/v1/jobs/${failed.id}/retry.`,
  });
}

/** Ctrl-C ends the waiting, not the work, unless the work runs in this very process. */
function tellHowToFollow(client: Client): () => void {
  const told = (): void => {
    const what = client.inProcess ? 'The work goes on at the next start.' : `The work goes on: ${client.url}`;
    process.stderr.write(`\nNo longer waiting. ${what}\n`);
    process.exit(130);
  };
  process.once('SIGINT', told);
  return () => process.off('SIGINT', told);
}

function createDisplay() {
  const bar = process.stderr.isTTY;
  const said = new Map<string, string>();
  return {
    show(jobs: Job[]): void {
      for (const job of [...jobs].reverse()) {
        const line = describe(job);
        if (bar || said.get(job.id) === line) continue;
        process.stderr.write(`${line}\n`);
        said.set(job.id, line);
      }
      const running = jobs.find((job) => job.state === 'running') ?? jobs.find(isUnfinished);
      if (bar && running) process.stderr.write(`\r\u001b[K${drawBar(running)}`);
    },
    end(): void {
      if (bar) process.stderr.write('\r\u001b[K');
    },
  };
}

/** Without numbers, so that plain output gets a line a phase rather than a line a step. */
function describe(job: Job): string {
  const phase = job.state === 'running' && job.progress ? `: ${job.progress.phase}` : '';
  return `${job.kind} ${job.state}${phase}`;
}

function drawBar(job: Job): string {
  const { phase = job.state, done, total } = job.progress ?? {};
  if (done === undefined || !total) return `${job.kind}: ${phase}${done === undefined ? '' : ` ${done}`}`;
  const filled = Math.round((Math.min(done, total) / total) * BAR_WIDTH);
  return `${job.kind}: ${phase} [${'█'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${done}/${total}`;
}
