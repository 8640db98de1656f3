import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboards } from '../../scripts/monitoring/dashboards.ts';
import { renderDashboard } from '../../scripts/monitoring/render-dashboard.ts';
import { exportedMetrics, metricsIn } from './metric-names.ts';

const SHIPPED = join(import.meta.dirname, '../../deploy/monitoring');

test('no panel names a metric that nothing exports and no rule makes', async () => {
  const known = await exportedMetrics();
  const slo = readFileSync(join(SHIPPED, 'prometheus/rules/slo.yml'), 'utf8');
  for (const [, name = ''] of slo.matchAll(/- record: (\S+)/g)) known.add(name);
  const unknown = dashboards.flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      'logs' in panel
        ? []
        : Object.values(panel.queries)
            .flatMap(metricsIn)
            .filter((name) => !known.has(name))
            .map((name) => `${title}, ${panel.title}: ${name}`),
    ),
  );
  expect(unknown).toEqual([]);
});

test('Grafana is given every dashboard, as it is described, and datasources by the names that panels use', () => {
  const folder = join(SHIPPED, 'grafana/dashboards');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(texts.sort()).toEqual(dashboards.map(renderDashboard).sort());
  const file = readFileSync(join(SHIPPED, 'grafana/provisioning/datasources/datasources.yml'), 'utf8');
  const { datasources } = parse(file) as { datasources: { uid: string; type: string }[] };
  const sources = new Set(datasources.map(({ uid, type }) => `${type} ${uid}`));
  for (const text of texts) {
    const { panels } = JSON.parse(text) as { panels: { datasource: { type: string; uid: string } }[] };
    for (const { datasource } of panels) expect(sources).toContain(`${datasource.type} ${datasource.uid}`);
  }
});

test('Loki is set up as version 3 wants it, and throws away what is old', () => {
  const loki = parse(readFileSync(join(SHIPPED, 'loki/loki.yml'), 'utf8'));
  expect(loki.schema_config.configs).toMatchObject([{ store: 'tsdb', schema: 'v13' }]);
  expect(loki).toMatchObject({
    limits_config: { retention_period: '720h' },
    compactor: { retention_enabled: true, delete_request_store: 'filesystem' },
  });
  // Left behind by version 3, which refuses to start with them.
  for (const gone of ['table_manager', 'chunk_store_config']) expect(loki).not.toHaveProperty(gone);
  expect(loki.limits_config).not.toHaveProperty('enforce_metric_name');
});
