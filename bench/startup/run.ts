import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningServer, startServer } from '../running-server.ts';

/**
 * How long starts take and what the built server holds in memory, idle and after many chunks.
 * Usage: node bench/startup/run.ts [CHUNKS], 0 (the default) leaves the chunks out. Run `make build` first.
 */
const chunks = Number(process.argv[2] ?? 0);
const IDLE_MS = 15_000;
const DOCUMENTS_PER_BATCH = 500;
const CHUNKS_PER_DOCUMENT = 10;
const folder = await mkdtemp(join(tmpdir(), 'commandcenter-bench-'));
const template = join(import.meta.dirname, '../../dist/postgres-template');
const say = (name: string, value: string): boolean => process.stdout.write(`| ${name} | ${value} |\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

async function readyAfter(dataDir: string): Promise<number> {
  const server = await startServer(join(folder, dataDir));
  await server.stop();
  return server.readyMs;
}

process.stdout.write('| what | measured |\n|---|---|\n');
const first = await readyAfter('copied');
const later =
  [await readyAfter('copied'), await readyAfter('copied'), await readyAfter('copied')].sort(
    (a, b) => a - b,
  )[1] ?? 0;
await rename(template, `${template}.aside`);
const initdb = await readyAfter('made').finally(() => rename(`${template}.aside`, template));
say('first start, prepared database copied', seconds(first));
say('first start, database made anew', `${seconds(initdb)} (${(initdb / first).toFixed(1)} × the copy)`);
say('later start, median of 3', `${seconds(later)} (${(later / first).toFixed(2)} × the first)`);

const server = await startServer(join(folder, 'copied'));
await sleep(IDLE_MS);
say('resident memory, idle', `${await server.residentMegabytes()} MB`);
if (chunks > 0) await measureChunks(server);
await server.stop();
await rm(folder, { recursive: true, force: true });

async function measureChunks(running: RunningServer): Promise<void> {
  const documents = Math.ceil(chunks / CHUNKS_PER_DOCUMENT);
  let peak = 0;
  for (let start = 0; start < documents; start += DOCUMENTS_PER_BATCH) {
    const size = Math.min(DOCUMENTS_PER_BATCH, documents - start);
    await running.request('POST', '/documents:batch', {
      documents: Array.from({ length: size }, (_, at) => makeDocument(start + at)),
    });
    peak = Math.max(peak, await running.residentMegabytes());
  }
  while ((await running.request<{ jobs: { unfinished: number } }>('GET', '/overview')).jobs.unfinished > 0) {
    peak = Math.max(peak, await running.residentMegabytes());
    await sleep(1000);
  }
  await running.request('GET', '/search?q=pressure%20valve');
  await sleep(IDLE_MS);
  const { documents: counts } = await running.request<{ documents: Record<string, number> }>(
    'GET',
    '/overview',
  );
  say('documents taken in', JSON.stringify(counts));
  say('resident memory while taking them in, at most', `${peak} MB`);
  say('resident memory afterwards, idle', `${await running.residentMegabytes()} MB`);
}

/** Ten sections of about a thousand characters each, from words of a thousand different ones. */
function makeDocument(number: number): {
  externalId: string;
  title: string;
  text: string;
  mediaType: string;
} {
  let seed = number + 1;
  const word = (): string => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return `word${seed % 1000}`;
  };
  const section = (at: number): string =>
    `## Section ${at}\n\n${Array.from({ length: 140 }, word).join(' ')}\n`;
  const text = `# Document ${number}\n\n${Array.from({ length: CHUNKS_PER_DOCUMENT }, (_, at) => section(at)).join('\n')}`;
  return { externalId: String(number), title: `Document ${number}`, text, mediaType: 'text/markdown' };
}
