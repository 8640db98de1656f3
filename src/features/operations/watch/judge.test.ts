import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findByProcesses } from './alert-rules.ts';
import { findBurning, judgeObjectives } from './judge-objectives.ts';
import { WINDOW_SECONDS, type Window } from './objectives.ts';
import type { Counted, CountedWindows, ProcessRow } from './watch-store.ts';

const NOTHING: Counted = { requests: 0, failed: 0, slow: 0 };

/** Every window with the same counts but those that are given. */
function windows(
  all: Partial<Counted>,
  special: Partial<Record<Window, Partial<Counted>>> = {},
): CountedWindows {
  const names = Object.keys(WINDOW_SECONDS) as Window[];
  return Object.fromEntries(
    names.map((name) => [name, { ...NOTHING, ...(special[name] ?? all) }]),
  ) as CountedWindows;
}

const rules = (counted: CountedWindows): string[] => findBurning(counted).map(({ rule }) => rule);

test('half of the budget is left after half of the failures that it allows', () => {
  const [availability, latency] = judgeObjectives(windows({ requests: 10_000, failed: 25, slow: 150 }));
  expect(availability).toMatchObject({ requests: 10_000, missed: 25, met: 0.9975 });
  expect(availability?.budgetLeft).toBeCloseTo(0.5);
  expect(latency?.budgetLeft).toBeCloseTo(-0.5);
});

test('without requests nothing is met and nothing is missed', () => {
  expect(judgeObjectives(windows({}))[0]).toMatchObject({ met: null, budgetLeft: null });
  expect(rules(windows({}))).toEqual([]);
});

test('a tenth of all requests failing burns fast; it has to go on to count', () => {
  const bad = { requests: 1000, failed: 100 };
  expect(rules(windows(bad))).toEqual(['availability-burns-fast', 'availability-burns-slowly']);
  const over = windows(bad, {
    '5m': { requests: 1000 },
    '30m': { requests: 1000 },
    '2h': { requests: 1000 },
    '6h': { requests: 1000 },
  });
  expect(rules(over)).toEqual([]);
});

test('slow answers burn their own budget', () => {
  expect(rules(windows({ requests: 1000, slow: 40 }))).toEqual(['latency-burns-slowly']);
});

test('a few failures at night are no burnt budget', () => {
  expect(rules(windows({ requests: 100, failed: 50 }))).toEqual([]);
});

test('a part is as the process sees it that sees it worst', () => {
  const figures = {
    eventLoopP99Ms: 1,
    eventLoopMaxMs: 2,
    cpu: 0,
    residentBytes: 1,
    connections: { total: 2, idle: 1, waiting: 0, max: 10 },
  };
  const seen = (status: 'up' | 'degraded' | 'down', problem: string | null): ProcessRow => ({
    id: status,
    role: 'api',
    host: 'h',
    processId: 7,
    version: '1',
    release: null,
    startedAt: new Date(),
    figures,
    components: [{ name: 'redis', status, problem }],
  });
  expect(
    findByProcesses([seen('up', null), seen('down', 'No answer.'), seen('degraded', 'Full.')]),
  ).toMatchObject([
    {
      rule: 'part-down',
      subject: 'redis',
      severity: 'critical',
      summary: expect.stringContaining('No answer.'),
    },
  ]);
  const busy = {
    ...seen('up', null),
    figures: { ...figures, eventLoopP99Ms: 400, connections: { total: 10, idle: 0, waiting: 3, max: 10 } },
  };
  expect(findByProcesses([busy]).map(({ rule, subject }) => [rule, subject])).toEqual([
    ['event-loop-lag', 'api h:7'],
    ['database-pool-exhausted', 'api h:7'],
  ]);
});

test('every alert has a row in docs/operations.md, and each names a page that there is', () => {
  const root = join(import.meta.dirname, '../../../..');
  const code = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('-rules.ts') || name === 'judge-objectives.ts')
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');
  const literals = (field: string): string[] =>
    [...code.matchAll(new RegExp(`${field}: (?:lost \\? )?'([a-z-]+)'(?: : '([a-z-]+)')?`, 'g'))].flatMap(
      (found) => found.slice(1).filter((name) => name !== undefined),
    );
  const named = new Set([
    ...literals('rule'),
    ...findBurning(windows({ requests: 1000, failed: 500, slow: 500 })).map(({ rule }) => rule),
  ]);
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| `[a-z]+-/.test(line));
  const documented = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name]) => name),
  );
  expect(documented.sort()).toEqual([...named].sort());
  const pages = literals('runbook');
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.filter((name) => !existsSync(join(root, `docs/runbooks/${name}.md`)))).toEqual([]);
});
