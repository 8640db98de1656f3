import { deepStrictEqual } from 'node:assert';
import type { Contestant } from './contestants.ts';
import { type BenchRequest, QUESTIONS } from './questions.ts';

/** Fails unless all contestants give the same answer to every request that is measured. */
export async function compareAnswers(contestants: readonly Contestant[]): Promise<void> {
  const [first, ...others] = contestants;
  if (!first) return;
  for (const { name, requests } of QUESTIONS) {
    for (const request of requests) {
      const expected = await ask(first, request);
      refuseEmpty(name, request, expected);
      for (const other of others) {
        const what: string = `${other.name} answers ${request.path} otherwise than ${first.name}`;
        deepStrictEqual(await ask(other, request), expected, what);
      }
    }
  }
}

/** A question that finds nothing would measure nothing. */
function refuseEmpty(name: string, request: BenchRequest, answer: unknown): void {
  const { items, total } = answer as { items?: unknown[]; total?: number };
  if (items === undefined) return;
  if (items.length === 0 || total === 0) throw new Error(`${name}: ${request.path} finds nothing.`);
  if (name.startsWith('list') && items.length !== 50) throw new Error(`${request.path} gives no whole page.`);
}

async function ask(contestant: Contestant, request: BenchRequest): Promise<unknown> {
  const body = request.body?.replaceAll('NUMBER', 'compared');
  const response = await fetch(`http://127.0.0.1:${contestant.port}${request.path}`, {
    method: request.method,
    headers: { ...contestant.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${contestant.name} ${request.path}: ${response.status} ${text}`);
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (request.method === 'GET') return answer;
  // What is made differs in its id and time only; it is removed, so that the next can make it.
  await contestant.forget();
  return {
    ...answer,
    id: typeof answer['id'],
    createdAt: typeof answer['createdAt'],
    updatedAt: typeof answer['updatedAt'],
  };
}
