import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type AlertCase, suites } from './alert-cases.ts';
import { exportedMetrics, metricsIn, RULES, shippedRules } from './metric-names.ts';

const ROOT = join(import.meta.dirname, '../..');

const files = readdirSync(RULES).map((name) => join(RULES, name));
const rules = shippedRules();
const alerts = rules.filter(({ alert }) => alert !== undefined);
const cases = Object.values(suites).flatMap((suite) => suite.cases);
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'commandcenter-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const promtool = (...args: string[]): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
};

/** Each case as promtool's unit tests: one that fires as it should, and one for each that has to stay quiet. */
function unitTests({ alert, severity, at, firing, labels, summary, quiet }: AlertCase): object[] {
  const page = alerts.find((rule) => rule.alert === alert)?.annotations?.['runbook_url'];
  const unit = (name: string, series: AlertCase['firing'], expected: object[]): object => ({
    name: `${alert} ${name}`,
    interval: '15s',
    input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: expected }],
  });
  return [
    unit('fires', firing, [
      { exp_labels: { severity, ...labels }, exp_annotations: { summary, runbook_url: page } },
    ]),
    ...quiet.map((series) => unit('stays quiet', series, [])),
  ];
}

describe('the alerts', () => {
  test('each have a case of firing and one of staying quiet', () => {
    expect(cases.map(({ alert }) => alert).sort()).toEqual(alerts.map(({ alert }) => alert ?? '').sort());
    const neverQuiet = cases.filter(({ quiet }) => quiet.length === 0).map(({ alert }) => alert);
    expect(neverQuiet).toEqual(['DeadMansSwitch']);
  });

  test('each have a severity, a summary with the value, and a runbook with cause, check and fix', () => {
    // Nothing is there to be measured; both say so in words.
    const withoutValue = ['ApiDown', 'WorkerDown', 'TargetVanished'];
    for (const { alert = '', labels, annotations = {} } of alerts) {
      expect(labels?.['severity'], alert).toMatch(/^(critical|warning|none)$/);
      if (!withoutValue.includes(alert)) expect(annotations['summary'], alert).toContain('$value');
      const page = join(ROOT, annotations['runbook_url'] ?? 'none');
      expect(existsSync(page), `${alert}: ${page}`).toBe(true);
      const text = readFileSync(page, 'utf8');
      expect(text, page).toContain(alert);
      for (const part of ['Cause', 'Check', 'Fix'])
        expect(text, page).toMatch(new RegExp(`^## ${part}$`, 'm'));
    }
  });

  test('and every runbook belongs to an alert', () => {
    const named = new Set(alerts.map(({ annotations }) => annotations?.['runbook_url']));
    const pages = readdirSync(join(ROOT, 'docs/runbooks')).map((name) => `docs/runbooks/${name}`);
    expect(pages.filter((page) => !named.has(page))).toEqual([]);
  });
});

test('no rule names a metric that nothing exports and no other rule makes', async () => {
  const known = await exportedMetrics();
  for (const { record } of rules) if (record !== undefined) known.add(record);
  const unknown = rules.flatMap(({ alert, record, expr }) =>
    metricsIn(expr)
      .filter((name) => !known.has(name))
      .map((name) => `${alert ?? record}: ${name}`),
  );
  expect(unknown).toEqual([]);
  // What it finds is what stands there: else it would find nothing unknown in anything.
  expect(metricsIn('max by (kind) (gone_total{state="x", a!~"b{1}"}[5m]) > 0 and on (job) vanished')).toEqual(
    ['gone_total', 'vanished'],
  );
  expect(metricsIn('histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) / 1e3')).toEqual(['x_bucket']);
});

describe.skipIf(!hasPromtool)('promtool', () => {
  test('accepts the configuration with all its rules', () => {
    const { status, output } = promtool('check', 'config', join(RULES, '../prometheus.yml'));
    expect(status, output).toBe(0);
    expect(output).toContain(`${files.length} rule files found`);
  });

  // Once a minute: once in 15 seconds, as in earnest, takes four times as long and finds the same.
  test.each(Object.entries(suites))(
    'has the alerts of %s fire when they should, with labels and text, and not otherwise',
    (name, suite) => {
      const file = join(folder, `${name.replace(' ', '-')}.yml`);
      const tests = suite.cases.flatMap(unitTests);
      const rule_files = suite.rules.map((rule) => join(RULES, rule));
      writeFileSync(file, stringify({ rule_files, evaluation_interval: '1m', tests }));
      const { status, output } = promtool('test', 'rules', file);
      expect({ status, output: output.replaceAll(/^.*SUCCESS.*$|^Unit Testing.*$/gm, '').trim() }).toEqual({
        status: 0,
        output: '',
      });
    },
    60_000,
  );

  test('notices an alert that does not fire: a threshold out of reach fails the case', () => {
    const broken = join(folder, 'broken.yml');
    writeFileSync(broken, readFileSync(join(RULES, 'data.yml'), 'utf8').replaceAll('> 0.9', '> 9'));
    const file = join(folder, 'broken-test.yml');
    const tests = cases.filter(({ alert }) => alert === 'RedisMemoryNearLimit').flatMap(unitTests);
    writeFileSync(file, stringify({ rule_files: [broken], evaluation_interval: '15s', tests }));
    expect(promtool('test', 'rules', file).status).not.toBe(0);
  });
});
