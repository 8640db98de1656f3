import type { Dashboard, LogPanel, Panel } from './dashboards.ts';

const WIDTH = 12;
const HEIGHT = 8;
const COLUMNS = 2;

/** A dashboard as Grafana 12 reads it from a file. */
export function renderDashboard({ uid, title, panels }: Dashboard): string {
  const dashboard = {
    uid,
    title,
    tags: ['commandcenter'],
    schemaVersion: 39,
    editable: false,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'utc',
    panels: panels.map((panel, at) => ({
      id: at + 1,
      title: panel.title,
      gridPos: {
        w: WIDTH,
        h: HEIGHT,
        x: (at % COLUMNS) * WIDTH,
        y: Math.floor(at / COLUMNS) * HEIGHT,
      },
      ...('logs' in panel ? logs(panel) : curves(panel)),
    })),
  };
  return `${JSON.stringify(dashboard, null, 1)}\n`;
}

function logs({ logs: expr }: LogPanel): object {
  return {
    type: 'logs',
    datasource: { type: 'loki', uid: 'loki' },
    targets: [{ refId: 'A', expr }],
    options: { showTime: true, wrapLogMessage: true },
  };
}

function curves({ queries, unit, kind }: Panel): object {
  return {
    type: kind ?? 'timeseries',
    datasource: { type: 'prometheus', uid: 'prometheus' },
    targets: Object.entries(queries).map(([legendFormat, expr], at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      expr,
      legendFormat,
    })),
    fieldConfig: { defaults: { unit, min: unit === 'percentunit' ? undefined : 0 }, overrides: [] },
  };
}
