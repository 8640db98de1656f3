import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startTestApp } from '#testing/index.ts';

/** Where the rules are that ship. */
export const RULES = join(import.meta.dirname, '../../deploy/monitoring/prometheus/rules');
const EXPORTED = join(import.meta.dirname, 'exported');
/** Words of PromQL that are followed by no parenthesis, or by one that holds labels. */
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'Inf', 'NaN']);

/** The metrics that a query of PromQL names, `_bucket`, `_sum` and `_count` included. */
export function metricsIn(query: string): string[] {
  const bare = query
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(GROUPING, ' ');
  const names = [...bare.matchAll(/(?<![\w:.$])[a-zA-Z_:][\w:]*(?!\w)(?!\s*\()/g)].map(([name]) => name);
  return [...new Set(names)].filter((name) => !WORDS.has(name) && name !== 'by');
}

/** Every metric that is there to be asked for: those of the product from its registry, of exporters from their lists. */
export async function exportedMetrics(): Promise<Set<string>> {
  const app = await startTestApp();
  const families = app.platform.metrics.describe();
  const { text } = await app.platform.metrics.render();
  await app.close();
  const own = families.flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  const ofProcess = [...text.matchAll(/^# TYPE ((?:nodejs|process)_\w+)/gm)].map(([, name = '']) => name);
  const others = readdirSync(EXPORTED)
    .filter((name) => name.endsWith('.txt'))
    .flatMap((name) => readFileSync(join(EXPORTED, name), 'utf8').trim().split('\n'));
  // Prometheus makes these by itself.
  return new Set([...own, ...ofProcess, ...others, 'up', 'ALERTS']);
}

/** An alert or a recording rule. */
export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** Every rule that ships. */
export function shippedRules(): Rule[] {
  return readdirSync(RULES).flatMap((name) => {
    const file = parse(readFileSync(join(RULES, name), 'utf8')) as { groups: { rules: Rule[] }[] };
    return file.groups.flatMap(({ rules }) => rules);
  });
}
