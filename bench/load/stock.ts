import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { callerOf, type Team } from './callers.ts';
import { loopbackOrigin } from './loopback.ts';
import { STOCK } from './scenario.ts';
import type { Stock } from './values.ts';

const INDEX_LIMIT_MS = 600_000;
const LOOK_MS = 1000;

interface Page {
  items: Record<string, unknown>[];
  nextCursor: string | null;
}

/** Reads what there is to ask for, as the owner of the project. */
export async function readStock(url: string, team: Team): Promise<Stock> {
  const read = async ({ path, field, pages }: (typeof STOCK)[keyof typeof STOCK]): Promise<string[]> => {
    const found: string[] = [];
    for (let page = 0, cursor = ''; page < pages; page++) {
      const answer = await ask<Page>(url, team, `${path}?limit=200${cursor && `&cursor=${cursor}`}`);
      found.push(...answer.items.map((item) => String(item[field])));
      if (answer.nextCursor === null) break;
      cursor = encodeURIComponent(answer.nextCursor);
    }
    if (found.length === 0) throw new Error(`${path} is empty, so there is nothing to ask for.`);
    return found;
  };
  return {
    technology: await read(STOCK.technology),
    repository: await read(STOCK.repository),
    document: await read(STOCK.document),
  };
}

/** Adds a document and waits until it and all before it can be found. */
export async function untilSearchable(url: string, team: Team): Promise<void> {
  const documents = [{ externalId: 'load/first.md', text: '# First\n\nAbout quartz and a queue.' }];
  await ask(url, team, '/documents:batch', { documents });
  for (const end = Date.now() + INDEX_LIMIT_MS; ; await sleep(LOOK_MS)) {
    const path = '/search?q=quartz&limit=1';
    const { index } = await ask<{ index: { state: string; pending: number } }>(url, team, path);
    if (index.state === 'ready' && index.pending === 0) return;
    if (Date.now() > end) throw new Error(`The index did not become ready: ${JSON.stringify(index)}`);
  }
}

async function ask<T>(url: string, team: Team, path: string, body?: unknown): Promise<T> {
  const { headers } = callerOf(team, 'person', 1);
  const answer = await request(`${loopbackOrigin(url)}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, 'accept-encoding': 'identity', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  return JSON.parse(text) as T;
}
