/** One picture of a dashboard: what it is called, what it asks Prometheus for, and in what unit the answer is. */
export interface Panel {
  readonly title: string;
  /** Queries by the legend of their curves, in Grafana's notation (`{{kind}}`). */
  readonly queries: Readonly<Record<string, string>>;
  readonly unit: 's' | 'bytes' | 'percentunit' | 'reqps' | 'short' | 'ops';
  readonly kind?: 'stat';
  /** Why no data is there where there are only processes: the panel is checked as text. */
  readonly needs?: string;
}

/** A panel of log lines or traces, which can't be asked for in tests. */
export interface LogPanel {
  readonly title: string;
  readonly logs: string;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly (Panel | LogPanel)[];
}

const API = 'job="commandcenter-api"';
const CONTAINERS = 'figures of containers, from cAdvisor';

const p99 = (metric: string, by = ''): string =>
  `histogram_quantile(0.99, sum by (le${by && `, ${by}`}) (rate(${metric}_bucket[5m])))`;
const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}[5m]))`;

/** `needs`: why no data is there where there are only processes. */
const curves = (title: string, unit: Panel['unit'], queries: Panel['queries'], needs?: string): Panel => ({
  title,
  unit,
  queries,
  ...(needs === undefined ? {} : { needs }),
});
const number = (...[title, unit, queries, needs]: Parameters<typeof curves>): Panel => ({
  ...curves(title, unit, queries, needs),
  kind: 'stat',
});
/** One curve for each value of a label. */
const each = (label: string, query: string): Panel['queries'] => ({ [`{{${label}}}`]: query });
const most = (label: string, query: string): Panel['queries'] => each(label, `max by (${label}) (${query})`);

const overview: Dashboard = {
  uid: 'cc-overview',
  title: 'Overview',
  panels: [
    number('Alerts that fire', 'short', {
      alerts: 'count(ALERTS{alertstate="firing", severity!="none"}) or vector(0)',
    }),
    number('Availability: budget left of 30 days', 'percentunit', { left: 'api:availability:budget_left' }),
    number('Latency: budget left of 30 days', 'percentunit', { left: 'api:latency:budget_left' }),
    number('Processes', 'short', each('job', 'sum by (job) (up{job=~"commandcenter-.*"})')),
    curves('Traffic', 'reqps', { requests: 'api:requests:rate5m' }),
    curves('Errors', 'percentunit', { '5 min': 'api:errors:ratio_rate5m', '1 h': 'api:errors:ratio_rate1h' }),
    curves('Latency', 's', { p50: 'api:latency:p50_5m', p99: 'api:latency:p99_5m' }),
    curves('Saturation', 'percentunit', {
      'connections {{instance}}': `commandcenter_database_connections{${API}, state="busy"} / on (job, instance) commandcenter_database_connections_limit`,
      'processors of the host': '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))',
    }),
    curves('Parts', 'short', each('component', 'min by (component) (commandcenter_component_up)')),
    { title: 'Errors in the logs', logs: '{part=~"api|worker"} | json | level = `50`' },
  ],
};

const api: Dashboard = {
  uid: 'cc-api',
  title: 'API',
  panels: [
    curves(
      'Requests by status',
      'reqps',
      each('status', rate('http_request_duration_seconds_count', 'status')),
    ),
    curves('Requests by route', 'reqps', {
      '{{method}} {{route}}': `topk(10, ${rate('http_request_duration_seconds_count', 'method, route')})`,
    }),
    curves('p99 by route', 's', each('route', `topk(10, ${p99('http_request_duration_seconds', 'route')})`)),
    curves('Slower than 0.5 s', 'percentunit', {
      '5 min': 'api:slow:ratio_rate5m',
      '1 h': 'api:slow:ratio_rate1h',
    }),
    curves('Event loop, p99', 's', each('instance', 'nodejs_eventloop_lag_p99_seconds')),
    curves('Heap', 'bytes', each('instance', 'nodejs_heap_size_used_bytes')),
    curves(
      'Processors',
      'short',
      each('instance', 'rate(process_cpu_seconds_total{job=~"commandcenter-.*"}[5m])'),
    ),
    curves('Refused', 'reqps', {
      'by limits': 'sum(rate(commandcenter_rate_limited_total[5m])) or vector(0)',
      'more than it can do': 'sum(rate(commandcenter_http_requests_refused_total[5m])) or vector(0)',
    }),
    { title: 'Slow requests in the logs', logs: '{part="api"} | json | responseTime > 500' },
  ],
};

const jobs: Dashboard = {
  uid: 'cc-jobs',
  title: 'Jobs',
  panels: [
    curves('Jobs', 'short', each('state', 'sum by (state) (max by (kind, state) (commandcenter_jobs))')),
    curves('Oldest waiting job', 's', most('kind', 'commandcenter_job_oldest_queued_seconds')),
    curves(
      'Runs by outcome',
      'ops',
      each('outcome', rate('commandcenter_job_duration_seconds_count', 'outcome')),
    ),
    curves('p99 by kind', 's', each('kind', p99('commandcenter_job_duration_seconds', 'kind'))),
    curves('Failed for good', 'short', most('kind', 'commandcenter_jobs{state="failed"}')),
  ],
};

const database: Dashboard = {
  uid: 'cc-database',
  title: 'Database',
  panels: [
    number('PostgreSQL answers', 'short', { up: 'pg_up' }),
    curves('Connections', 'short', {
      ...each('state', 'sum by (state) (pg_stat_activity_count)'),
      most: 'pg_settings_max_connections',
    }),
    curves(
      'Statements, p99',
      's',
      each('outcome', p99('commandcenter_database_statement_duration_seconds', 'outcome')),
    ),
    curves('Wait for a connection, p99', 's', { p99: p99('commandcenter_database_connection_wait_seconds') }),
    curves('Transactions', 'ops', {
      committed: 'sum(rate(pg_stat_database_xact_commit[5m]))',
      'rolled back': 'sum(rate(pg_stat_database_xact_rollback[5m]))',
    }),
    curves('Read from memory', 'percentunit', {
      hits: 'sum(rate(pg_stat_database_blks_hit[5m])) / (sum(rate(pg_stat_database_blks_hit[5m])) + sum(rate(pg_stat_database_blks_read[5m])))',
    }),
    curves('Size', 'bytes', each('datname', 'pg_database_size_bytes')),
    curves('Longest transaction', 's', most('datname', 'pg_stat_activity_max_tx_duration')),
    curves('Deadlocks', 'ops', each('datname', 'rate(pg_stat_database_deadlocks[5m])')),
    curves('Kept for replication', 'bytes', each('slot_name', 'pg_replication_slots_pg_wal_lsn_diff')),
  ],
};

const redis: Dashboard = {
  uid: 'cc-redis',
  title: 'Redis',
  panels: [
    number('Redis answers', 'short', { up: 'redis_up' }),
    curves('Memory', 'bytes', { used: 'redis_memory_used_bytes', most: 'redis_memory_max_bytes' }),
    curves('Commands', 'ops', { all: 'rate(redis_commands_processed_total[5m])' }),
    curves('Clients', 'short', { connected: 'redis_connected_clients' }),
    curves('Evicted', 'ops', { keys: 'rate(redis_evicted_keys_total[5m])' }),
    curves('Commands of the product, p99', 's', {
      '{{server}} {{outcome}}': p99('commandcenter_redis_command_duration_seconds', 'server, outcome'),
    }),
  ],
};

const retrieval: Dashboard = {
  uid: 'cc-retrieval',
  title: 'Retrieval',
  panels: [
    curves('Documents that wait for the index', 'short', {
      documents: 'max(commandcenter_index_waiting_documents)',
    }),
    curves('Longest wait', 's', { lag: 'max(commandcenter_index_lag_seconds)' }),
    curves(
      'Calls of the model',
      'ops',
      {
        '{{provider}} {{outcome}}': rate(
          'commandcenter_model_call_duration_seconds_count',
          'provider, outcome',
        ),
      },
      'a language model',
    ),
    curves('Rows', 'short', { rows: 'max(commandcenter_index_rows)' }, 'a process that has the index open'),
  ],
};

const host: Dashboard = {
  uid: 'cc-host',
  title: 'Host and containers',
  panels: [
    curves('Processors', 'percentunit', {
      busy: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
    }),
    curves('Memory', 'bytes', {
      available: 'node_memory_MemAvailable_bytes',
      all: 'node_memory_MemTotal_bytes',
    }),
    curves(
      'Disk that is free',
      'percentunit',
      each('mountpoint', 'node_filesystem_avail_bytes / node_filesystem_size_bytes'),
    ),
    curves('Clock', 's', { offset: 'node_timex_offset_seconds' }),
    curves('Edge: connections', 'short', { active: 'nginx_connections_active' }),
    curves('Edge: requests', 'reqps', { all: 'rate(nginx_http_requests_total[5m])' }),
    number('Certificate ends in', 's', each('instance', 'probe_ssl_earliest_cert_expiry - time()')),
    curves(
      'Containers: processors',
      'short',
      each('name', 'sum by (name) (rate(container_cpu_usage_seconds_total[5m]))'),
      CONTAINERS,
    ),
    curves(
      'Containers: held back',
      'percentunit',
      each(
        'name',
        'rate(container_cpu_cfs_throttled_periods_total[5m]) / rate(container_cpu_cfs_periods_total[5m])',
      ),
      CONTAINERS,
    ),
    curves(
      'Containers: memory of the limit',
      'percentunit',
      each('name', 'container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0)'),
      CONTAINERS,
    ),
  ],
};

const product: Dashboard = {
  uid: 'cc-product',
  title: 'Product',
  panels: [
    curves('Repositories', 'short', most('state', 'commandcenter_repositories')),
    number('Overdue', 'short', { repositories: 'max(commandcenter_repositories_overdue)' }),
    curves('Answers kept', 'ops', each('outcome', rate('commandcenter_cache_reads_total', 'outcome'))),
    curves(
      'Git, p99',
      's',
      each('command', p99('commandcenter_git_command_duration_seconds', 'command')),
      'a repository',
    ),
    number('Versions that run', 'short', each('version', 'count by (version) (commandcenter_build_info)')),
  ],
};

const backups: Dashboard = {
  uid: 'cc-backups',
  title: 'Backups',
  panels: [
    number('Missing', 'short', { stale: 'max(commandcenter_backup_stale)' }),
    number('Sets', 'short', { sets: 'max(commandcenter_backup_sets)' }),
    curves('Steps that failed', 'short', most('step', 'commandcenter_backup_failed')),
    curves(
      'Age of the newest verified set',
      's',
      { age: 'min(commandcenter_backup_newest_verified_age_seconds)' },
      'a set',
    ),
    curves(
      'Time that a restore takes',
      's',
      { recovery: 'max(commandcenter_backup_recovery_seconds)' },
      'a set',
    ),
    number('Time since the last drill', 's', { age: 'min(commandcenter_drill_age_seconds)' }, 'a drill'),
    curves(
      'Disasters that the last drill came back from',
      'short',
      each('scenario', 'min by (scenario) (commandcenter_drill_held)'),
      'a drill',
    ),
    curves(
      'Time to come back from a disaster',
      's',
      most('scenario', 'commandcenter_drill_rto_seconds'),
      'a drill',
    ),
    curves('What a disaster would lose', 's', most('scenario', 'commandcenter_drill_rpo_seconds'), 'a drill'),
  ],
};

/** Every dashboard that Grafana is given. */
export const dashboards: readonly Dashboard[] = [
  overview,
  api,
  jobs,
  database,
  redis,
  retrieval,
  host,
  backups,
  product,
];
