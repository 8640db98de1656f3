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

const overview: Dashboard = {
  uid: 'cc-overview',
  title: 'Overview',
  panels: [
    {
      title: 'Alerts that fire',
      kind: 'stat',
      unit: 'short',
      queries: { alerts: 'count(ALERTS{alertstate="firing", severity!="none"}) or vector(0)' },
    },
    {
      title: 'Availability: budget left of 30 days',
      kind: 'stat',
      unit: 'percentunit',
      queries: { left: 'api:availability:budget_left' },
    },
    {
      title: 'Latency: budget left of 30 days',
      kind: 'stat',
      unit: 'percentunit',
      queries: { left: 'api:latency:budget_left' },
    },
    {
      title: 'Processes',
      kind: 'stat',
      unit: 'short',
      queries: { '{{job}}': 'sum by (job) (up{job=~"commandcenter-.*"})' },
    },
    { title: 'Traffic', unit: 'reqps', queries: { requests: 'api:requests:rate5m' } },
    {
      title: 'Errors',
      unit: 'percentunit',
      queries: { '5 min': 'api:errors:ratio_rate5m', '1 h': 'api:errors:ratio_rate1h' },
    },
    { title: 'Latency', unit: 's', queries: { p50: 'api:latency:p50_5m', p99: 'api:latency:p99_5m' } },
    {
      title: 'Saturation',
      unit: 'percentunit',
      queries: {
        'connections {{instance}}': `commandcenter_database_connections{${API}, state="busy"} / on (job, instance) commandcenter_database_connections_limit`,
        'processors of the host': '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))',
      },
    },
    {
      title: 'Parts',
      unit: 'short',
      queries: { '{{component}}': 'min by (component) (commandcenter_component_up)' },
    },
    { title: 'Errors in the logs', logs: '{part=~"api|worker"} | json | level = `50`' },
  ],
};

const api: Dashboard = {
  uid: 'cc-api',
  title: 'API',
  panels: [
    {
      title: 'Requests by status',
      unit: 'reqps',
      queries: { '{{status}}': rate('http_request_duration_seconds_count', 'status') },
    },
    {
      title: 'Requests by route',
      unit: 'reqps',
      queries: {
        '{{method}} {{route}}': `topk(10, ${rate('http_request_duration_seconds_count', 'method, route')})`,
      },
    },
    {
      title: 'p99 by route',
      unit: 's',
      queries: { '{{route}}': `topk(10, ${p99('http_request_duration_seconds', 'route')})` },
    },
    {
      title: 'Slower than 0.5 s',
      unit: 'percentunit',
      queries: { '5 min': 'api:slow:ratio_rate5m', '1 h': 'api:slow:ratio_rate1h' },
    },
    { title: 'Event loop, p99', unit: 's', queries: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' } },
    { title: 'Heap', unit: 'bytes', queries: { '{{instance}}': 'nodejs_heap_size_used_bytes' } },
    {
      title: 'Processors',
      unit: 'short',
      queries: { '{{instance}}': 'rate(process_cpu_seconds_total{job=~"commandcenter-.*"}[5m])' },
    },
    {
      title: 'Refused by limits',
      unit: 'reqps',
      queries: { all: 'sum(rate(commandcenter_rate_limited_total[5m])) or vector(0)' },
    },
    { title: 'Slow requests in the logs', logs: '{part="api"} | json | responseTime > 500' },
  ],
};

const jobs: Dashboard = {
  uid: 'cc-jobs',
  title: 'Jobs',
  panels: [
    {
      title: 'Jobs',
      unit: 'short',
      queries: { '{{state}}': 'sum by (state) (max by (kind, state) (commandcenter_jobs))' },
    },
    {
      title: 'Oldest waiting job',
      unit: 's',
      queries: { '{{kind}}': 'max by (kind) (commandcenter_job_oldest_queued_seconds)' },
    },
    {
      title: 'Runs by outcome',
      unit: 'ops',
      queries: { '{{outcome}}': rate('commandcenter_job_duration_seconds_count', 'outcome') },
    },
    {
      title: 'p99 by kind',
      unit: 's',
      queries: { '{{kind}}': p99('commandcenter_job_duration_seconds', 'kind') },
    },
    {
      title: 'Failed for good',
      unit: 'short',
      queries: { '{{kind}}': 'max by (kind) (commandcenter_jobs{state="failed"})' },
    },
  ],
};

const database: Dashboard = {
  uid: 'cc-database',
  title: 'Database',
  panels: [
    { title: 'PostgreSQL answers', kind: 'stat', unit: 'short', queries: { up: 'pg_up' } },
    {
      title: 'Connections',
      unit: 'short',
      queries: {
        '{{state}}': 'sum by (state) (pg_stat_activity_count)',
        most: 'pg_settings_max_connections',
      },
    },
    {
      title: 'Statements, p99',
      unit: 's',
      queries: { '{{outcome}}': p99('commandcenter_database_statement_duration_seconds', 'outcome') },
    },
    {
      title: 'Wait for a connection, p99',
      unit: 's',
      queries: { p99: p99('commandcenter_database_connection_wait_seconds') },
    },
    {
      title: 'Transactions',
      unit: 'ops',
      queries: {
        committed: 'sum(rate(pg_stat_database_xact_commit[5m]))',
        'rolled back': 'sum(rate(pg_stat_database_xact_rollback[5m]))',
      },
    },
    {
      title: 'Read from memory',
      unit: 'percentunit',
      queries: {
        hits: 'sum(rate(pg_stat_database_blks_hit[5m])) / (sum(rate(pg_stat_database_blks_hit[5m])) + sum(rate(pg_stat_database_blks_read[5m])))',
      },
    },
    { title: 'Size', unit: 'bytes', queries: { '{{datname}}': 'pg_database_size_bytes' } },
    {
      title: 'Longest transaction',
      unit: 's',
      queries: { '{{datname}}': 'max by (datname) (pg_stat_activity_max_tx_duration)' },
    },
    { title: 'Deadlocks', unit: 'ops', queries: { '{{datname}}': 'rate(pg_stat_database_deadlocks[5m])' } },
    {
      title: 'Kept for replication',
      unit: 'bytes',
      queries: { '{{slot_name}}': 'pg_replication_slots_pg_wal_lsn_diff' },
    },
  ],
};

const redis: Dashboard = {
  uid: 'cc-redis',
  title: 'Redis',
  panels: [
    { title: 'Redis answers', kind: 'stat', unit: 'short', queries: { up: 'redis_up' } },
    {
      title: 'Memory',
      unit: 'bytes',
      queries: { used: 'redis_memory_used_bytes', most: 'redis_memory_max_bytes' },
    },
    { title: 'Commands', unit: 'ops', queries: { all: 'rate(redis_commands_processed_total[5m])' } },
    { title: 'Clients', unit: 'short', queries: { connected: 'redis_connected_clients' } },
    { title: 'Evicted', unit: 'ops', queries: { keys: 'rate(redis_evicted_keys_total[5m])' } },
    {
      title: 'Commands of the product, p99',
      unit: 's',
      queries: {
        '{{server}} {{outcome}}': p99('commandcenter_redis_command_duration_seconds', 'server, outcome'),
      },
    },
  ],
};

const retrieval: Dashboard = {
  uid: 'cc-retrieval',
  title: 'Retrieval',
  panels: [
    {
      title: 'Documents that wait for the index',
      unit: 'short',
      queries: { documents: 'max(commandcenter_index_waiting_documents)' },
    },
    { title: 'Longest wait', unit: 's', queries: { lag: 'max(commandcenter_index_lag_seconds)' } },
    {
      title: 'Calls of the model',
      unit: 'ops',
      queries: {
        '{{provider}} {{outcome}}': rate(
          'commandcenter_model_call_duration_seconds_count',
          'provider, outcome',
        ),
      },
      needs: 'a language model',
    },
    {
      title: 'Rows',
      unit: 'short',
      queries: { rows: 'max(commandcenter_index_rows)' },
      needs: 'a process that has the index open',
    },
  ],
};

const host: Dashboard = {
  uid: 'cc-host',
  title: 'Host and containers',
  panels: [
    {
      title: 'Processors',
      unit: 'percentunit',
      queries: { busy: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))' },
    },
    {
      title: 'Memory',
      unit: 'bytes',
      queries: { available: 'node_memory_MemAvailable_bytes', all: 'node_memory_MemTotal_bytes' },
    },
    {
      title: 'Disk that is free',
      unit: 'percentunit',
      queries: { '{{mountpoint}}': 'node_filesystem_avail_bytes / node_filesystem_size_bytes' },
    },
    { title: 'Clock', unit: 's', queries: { offset: 'node_timex_offset_seconds' } },
    { title: 'Edge: connections', unit: 'short', queries: { active: 'nginx_connections_active' } },
    { title: 'Edge: requests', unit: 'reqps', queries: { all: 'rate(nginx_http_requests_total[5m])' } },
    {
      title: 'Certificate ends in',
      kind: 'stat',
      unit: 's',
      queries: { '{{instance}}': 'probe_ssl_earliest_cert_expiry - time()' },
    },
    {
      title: 'Containers: processors',
      unit: 'short',
      queries: { '{{name}}': 'sum by (name) (rate(container_cpu_usage_seconds_total[5m]))' },
      needs: CONTAINERS,
    },
    {
      title: 'Containers: held back',
      unit: 'percentunit',
      queries: {
        '{{name}}':
          'rate(container_cpu_cfs_throttled_periods_total[5m]) / rate(container_cpu_cfs_periods_total[5m])',
      },
      needs: CONTAINERS,
    },
    {
      title: 'Containers: memory of the limit',
      unit: 'percentunit',
      queries: { '{{name}}': 'container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0)' },
      needs: CONTAINERS,
    },
  ],
};

const product: Dashboard = {
  uid: 'cc-product',
  title: 'Product',
  panels: [
    {
      title: 'Repositories',
      unit: 'short',
      queries: { '{{state}}': 'max by (state) (commandcenter_repositories)' },
    },
    {
      title: 'Overdue',
      kind: 'stat',
      unit: 'short',
      queries: { repositories: 'max(commandcenter_repositories_overdue)' },
    },
    {
      title: 'Answers kept',
      unit: 'ops',
      queries: { '{{outcome}}': rate('commandcenter_cache_reads_total', 'outcome') },
    },
    {
      title: 'Git, p99',
      unit: 's',
      queries: { '{{command}}': p99('commandcenter_git_command_duration_seconds', 'command') },
      needs: 'a repository',
    },
    {
      title: 'Versions that run',
      kind: 'stat',
      unit: 'short',
      queries: { '{{version}}': 'count by (version) (commandcenter_build_info)' },
    },
  ],
};

const backups: Dashboard = {
  uid: 'cc-backups',
  title: 'Backups',
  panels: [
    { title: 'Missing', kind: 'stat', unit: 'short', queries: { stale: 'max(commandcenter_backup_stale)' } },
    { title: 'Sets', kind: 'stat', unit: 'short', queries: { sets: 'max(commandcenter_backup_sets)' } },
    {
      title: 'Steps that failed',
      unit: 'short',
      queries: { '{{step}}': 'max by (step) (commandcenter_backup_failed)' },
    },
    {
      title: 'Age of the newest verified set',
      unit: 's',
      queries: { age: 'min(commandcenter_backup_newest_verified_age_seconds)' },
      needs: 'a set',
    },
    {
      title: 'Time that a restore takes',
      unit: 's',
      queries: { recovery: 'max(commandcenter_backup_recovery_seconds)' },
      needs: 'a set',
    },
    {
      title: 'Time since the last drill',
      kind: 'stat',
      unit: 's',
      queries: { age: 'min(commandcenter_drill_age_seconds)' },
      needs: 'a drill',
    },
    {
      title: 'Disasters that the last drill came back from',
      unit: 'short',
      queries: { '{{scenario}}': 'min by (scenario) (commandcenter_drill_held)' },
      needs: 'a drill',
    },
    {
      title: 'Time to come back from a disaster',
      unit: 's',
      queries: { '{{scenario}}': 'max by (scenario) (commandcenter_drill_rto_seconds)' },
      needs: 'a drill',
    },
    {
      title: 'What a disaster would lose',
      unit: 's',
      queries: { '{{scenario}}': 'max by (scenario) (commandcenter_drill_rpo_seconds)' },
      needs: 'a drill',
    },
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
