import { readFile, writeFile } from 'node:fs/promises';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { renderEnvironmentExample, renderNginx, renderUpstreams } from '../src/features/operations/index.ts';
import { describeConfig } from '../src/platform/config/index.ts';
import type { Metrics } from '../src/platform/telemetry/index.ts';
import { startTestApp } from '../src/testing/index.ts';
import { dashboards } from './monitoring/dashboards.ts';
import { renderDashboard } from './monitoring/render-dashboard.ts';
import { renderObjectiveRules } from './monitoring/render-objectives.ts';

/** Files made from the code, by path. With --check nothing is written and a stale one is an error. */
async function makeFiles(): Promise<Record<string, string>> {
  const app = await startTestApp();
  const { body } = await app.request('GET', '/api/docs/json');
  const metrics = metricsPage(app.platform.metrics);
  await app.close();
  const types = astToString(await openapiTypescript(body));
  const note = '// Generated from the API description by `npm run generate`; do not edit.\n\n';
  return {
    'src/web/api/schema.d.ts': `${note}${types}`,
    'docs/configuration.md': configurationPage(),
    'docs/metrics.md': metrics,
    'deploy/compose/.env.example': await renderEnvironmentExample(),
    'deploy/nginx/web.conf': renderNginx({ tls: false, files: 'local' }),
    'deploy/nginx/upstreams.conf': renderUpstreams({ api: ['api:3000'] }),
    'deploy/monitoring/prometheus/rules/slo.yml': renderObjectiveRules(),
    ...Object.fromEntries(
      dashboards.map((one) => [
        `deploy/monitoring/grafana/dashboards/${one.uid.replace('cc-', '')}.json`,
        renderDashboard(one),
      ]),
    ),
  };
}

function metricsPage(metrics: Metrics): string {
  const rows = metrics
    .describe()
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(
      ({ name, type, labelNames, help }) => `| \`${name}\` | ${type} | ${labelNames.join(', ')} | ${help} |`,
    );
  return `# Metrics

<!-- Generated from the code by \`npm run generate\`; do not edit. -->

CommandCenter tells Prometheus what it does at \`/metrics\`: on a port of its own with \`METRICS_PORT\` (of which a
worker process serves \`/livez\` as well), or on the ordinary port to whoever sends \`METRICS_TOKEN\` as a bearer
token. Without either setting there is nothing to read, and nobody reads them without being allowed to.

\`\`\`yaml
scrape_configs:
  - job_name: commandcenter
    authorization: { credentials_file: /run/secrets/metrics-token }
    static_configs: [{ targets: ['commandcenter:3000'] }]
\`\`\`

- Times are in seconds, sizes in bytes. Each process counts its own requests, statements and jobs: add them up.
  What describes the whole installation (jobs, repositories, index lag) is the same in each process: take the maximum.
- \`route\` is the template of the path (\`/api/v1/technologies/:technology\`), \`none\` for requests that no route
  answers; \`status\` is a class (\`2xx\`). No label holds a path, an id or a name that somebody chose, and no metric
  has more than 1,000 series.
- What costs a query is read when somebody asks, for two seconds at most, and at most once in two seconds. A figure
  that could not be read in time is missing, and \`commandcenter_metrics_failures_total\` counts it.
- Failed jobs that wait for a person are \`commandcenter_jobs{state="failed"}\`. Whether PostgreSQL, Redis, the index
  and the disk are well is \`commandcenter_component_up\`, as \`/health\` tells it.
- Beside these stand the figures of the process (\`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`, …)
  and of Node (\`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_heap_size_used_bytes\`, \`nodejs_gc_duration_seconds\`, …),
  which begin with the first reading.

| metric | type | labels | what it says |
|---|---|---|---|
${rows.join('\n')}
`;
}

function configurationPage(): string {
  return `# Configuration

<!-- Generated from src/platform/config by \`npm run generate\`; do not edit. -->

Settings are environment variables, read and checked once at start. A wrong value is named in one sentence and
the process exits with 78. Each may also be given as \`NAME_FILE\`, the path of a file that holds the value,
which is how secrets are best handed over.

${describeConfig()}
`;
}

const check = process.argv.includes('--check');
for (const [path, content] of Object.entries(await makeFiles())) {
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present === content) continue;
  if (check) {
    process.stderr.write(`${path} is not what the code says; run \`npm run generate\` and commit it.\n`);
    process.exitCode = 1;
  } else {
    await writeFile(path, content);
  }
}
