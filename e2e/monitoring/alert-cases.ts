/** Series and their values in promtool's notation, one value every 15 seconds. */
type Series = Readonly<Record<string, string>>;

/** When an alert has to fire, with what labels and text, and what looks like it but has to stay quiet. */
export interface AlertCase {
  readonly alert: string;
  readonly severity: 'critical' | 'warning' | 'none';
  readonly at: string;
  readonly firing: Series;
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly quiet: readonly Series[];
}

/** Cases by the files of rules that they need: each evaluation of the others would only take time. */
export interface Suite {
  readonly rules: readonly string[];
  readonly cases: readonly AlertCase[];
}

const api = 'job="commandcenter-api",instance="api:9464"';
const count = (status: string): string =>
  `http_request_duration_seconds_count{${api},route="/api/v1/technologies",method="GET",status="${status}"}`;
const bucket = (le: string): string =>
  `http_request_duration_seconds_bucket{${api},route="/api/v1/technologies",method="GET",status="2xx",le="${le}"}`;
const postgres = 'job="postgres",instance="postgres-exporter:9187"';
const redis = 'job="redis",instance="redis-exporter:9121"';
const node = 'job="node",instance="node-exporter:9100"';
const disk = `${node},device="/dev/vda1",fstype="ext4",mountpoint="/"`;
const diskLabels = {
  job: 'node',
  instance: 'node-exporter:9100',
  device: '/dev/vda1',
  fstype: 'ext4',
  mountpoint: '/',
};
const container = 'job="containers",instance="cadvisor:8080",name="radar-api-1"';
const containerLabels = { job: 'containers', instance: 'cadvisor:8080', name: 'radar-api-1' };
const scraped = [
  'postgres',
  'redis',
  'node',
  'containers',
  'nginx',
  'probe',
  'prometheus',
  'alertmanager',
  'loki',
  'alloy',
  'tempo',
  'grafana',
];
const targets = (names: readonly string[]): Series =>
  Object.fromEntries(names.map((job) => [`up{job="${job}",instance="${job}:1"}`, '1x40']));
const probe = 'job="probe",instance="https://radar.example.com/health"';
const probeLabels = { job: 'probe', instance: 'https://radar.example.com/health' };

const productCases: readonly AlertCase[] = [
  {
    alert: 'ApiDown',
    severity: 'critical',
    at: '5m',
    // No series of the API at all: what is gone leaves no up == 0.
    firing: { 'up{job="commandcenter-worker",instance="w:1"}': '1x40' },
    summary: 'No process of the API answers.',
    quiet: [
      {
        'up{job="commandcenter-api",instance="a:1"}': '0x40',
        'up{job="commandcenter-api",instance="b:1"}': '1x40',
      },
    ],
  },
  {
    alert: 'WorkerDown',
    severity: 'critical',
    at: '5m',
    firing: { 'up{job="commandcenter-worker",instance="w:1"}': '0x40' },
    summary: 'No worker answers; no job is done.',
    quiet: [{ 'up{job="commandcenter-worker",instance="w:1"}': '1x40' }],
  },
  {
    alert: 'TargetDown',
    severity: 'warning',
    at: '5m',
    firing: { [`up{${postgres}}`]: '0x40' },
    labels: { job: 'postgres', instance: 'postgres-exporter:9187' },
    summary: 'postgres at postgres-exporter:9187 does not answer (up is 0).',
    // One scrape that failed is not a target that is down.
    quiet: [{ [`up{${postgres}}`]: '1x10 0 1x29' }],
  },
  {
    alert: 'TargetVanished',
    severity: 'warning',
    at: '8m',
    firing: targets(scraped.filter((job) => job !== 'nginx')),
    labels: { job: 'nginx' },
    summary: 'Nothing named nginx is scraped any more.',
    quiet: [targets(scraped)],
  },
  {
    alert: 'RestartLoop',
    severity: 'critical',
    at: '10m',
    firing: { [`process_start_time_seconds{${api}}`]: '100x8 200x8 300x8 400x20' },
    labels: { job: 'commandcenter-api', instance: 'api:9464' },
    summary: 'commandcenter-api at api:9464 was started 3 times in 15 minutes.',
    // A deploy starts each process once.
    quiet: [{ [`process_start_time_seconds{${api}}`]: '100x8 200x40' }],
  },
  {
    alert: 'PartDown',
    severity: 'critical',
    at: '5m',
    firing: { [`commandcenter_component_up{${api},component="disk"}`]: '0x40' },
    labels: { component: 'disk' },
    summary: 'The part disk is lost (up is 0).',
    quiet: [
      { [`commandcenter_component_up{${api},component="disk"}`]: '1x40' },
      { [`commandcenter_component_up{${api},component="redis cache"}`]: '0x40' },
    ],
  },
  {
    alert: 'PartDegraded',
    severity: 'warning',
    at: '15m',
    firing: { [`commandcenter_component_degraded{${api},component="index"}`]: '1x80' },
    labels: { component: 'index' },
    summary: 'The part index has not worked fully for 10 minutes (degraded is 1).',
    quiet: [{ [`commandcenter_component_degraded{${api},component="index"}`]: '1x20 0x60' }],
  },
  {
    alert: 'MetricsIncomplete',
    severity: 'warning',
    at: '10m',
    firing: { [`commandcenter_metrics_failures_total{${api}}`]: '0+1x40' },
    labels: { job: 'commandcenter-api', instance: 'api:9464' },
    summary: 'api:9464 could not read 40 of its figures in 10 minutes; alerts on them are blind.',
    quiet: [{ [`commandcenter_metrics_failures_total{${api}}`]: '0x20 1x20' }],
  },
  {
    alert: 'ApiErrors',
    severity: 'critical',
    at: '10m',
    firing: { [count('2xx')]: '0+90x40', [count('5xx')]: '0+10x40' },
    summary: '10% of requests of 5 minutes failed.',
    quiet: [
      { [count('2xx')]: '0+97x40', [count('5xx')]: '0+3x40' },
      // Three of six requests: a ratio of few says nothing.
      { [count('2xx')]: '0x30 3x10', [count('5xx')]: '0x30 3x10' },
      // What health checks are told while a process drains is not people's.
      {
        [count('2xx')]: '0+90x40',
        [`http_request_duration_seconds_count{${api},route="/readyz",method="GET",status="5xx"}`]: '0+90x40',
      },
    ],
  },
  {
    alert: 'ApiSlow',
    severity: 'warning',
    at: '15m',
    firing: {
      [bucket('0.5')]: '0+90x80',
      [bucket('2.5')]: '0+100x80',
      [bucket('+Inf')]: '0+100x80',
      [count('2xx')]: '0+100x80',
    },
    summary: 'One request in a hundred takes longer than 2.3s.',
    quiet: [
      {
        [bucket('0.5')]: '0+100x80',
        [bucket('2.5')]: '0+100x80',
        [bucket('+Inf')]: '0+100x80',
        [count('2xx')]: '0+100x80',
      },
    ],
  },
  {
    alert: 'EventLoopLag',
    severity: 'warning',
    at: '10m',
    firing: { [`nodejs_eventloop_lag_p99_seconds{${api}}`]: '0.5x60' },
    labels: { job: 'commandcenter-api', instance: 'api:9464' },
    summary: 'The event loop of commandcenter-api at api:9464 is late by 500ms.',
    quiet: [{ [`nodejs_eventloop_lag_p99_seconds{${api}}`]: '0.2x60' }],
  },
  {
    alert: 'DatabasePoolExhausted',
    severity: 'warning',
    at: '5m',
    firing: {
      [`commandcenter_database_connections_waiting{${api}}`]: '7x40',
      [`commandcenter_database_connections{${api},state="busy"}`]: '20x40',
      [`commandcenter_database_connections{${api},state="idle"}`]: '0x40',
      [`commandcenter_database_connections_limit{${api}}`]: '20x40',
    },
    labels: { job: 'commandcenter-api', instance: 'api:9464' },
    summary: '7 callers of api:9464 wait for a connection, and all are busy.',
    quiet: [
      // They wait while the pool still grows.
      {
        [`commandcenter_database_connections_waiting{${api}}`]: '7x40',
        [`commandcenter_database_connections{${api},state="busy"}`]: '3x40',
        [`commandcenter_database_connections_limit{${api}}`]: '20x40',
      },
    ],
  },
  {
    alert: 'JobsFailed',
    severity: 'warning',
    at: '5m',
    // Each process tells the same figure: it is not added up.
    firing: {
      [`commandcenter_jobs{${api},kind="repositories.sync",state="failed"}`]: '2x40',
      'commandcenter_jobs{job="commandcenter-worker",instance="w:1",kind="repositories.sync",state="failed"}':
        '2x40',
    },
    labels: { kind: 'repositories.sync' },
    summary: '2 jobs of the kind repositories.sync have failed for good and wait for a person.',
    quiet: [{ [`commandcenter_jobs{${api},kind="repositories.sync",state="running"}`]: '2x40' }],
  },
  {
    alert: 'QueueAge',
    severity: 'warning',
    at: '5m',
    firing: { [`commandcenter_job_oldest_queued_seconds{${api},kind="knowledge.index"}`]: '1200x40' },
    labels: { kind: 'knowledge.index' },
    summary: 'A job of the kind knowledge.index has been waiting for 20m 0s.',
    quiet: [{ [`commandcenter_job_oldest_queued_seconds{${api},kind="knowledge.index"}`]: '500x40' }],
  },
  {
    alert: 'SyncStale',
    severity: 'warning',
    at: '20m',
    firing: { [`commandcenter_repositories_overdue{${api}}`]: '3x100' },
    summary: '3 repositories were not synced within twice their interval.',
    quiet: [{ [`commandcenter_repositories_overdue{${api}}`]: '3x40 0x60' }],
  },
  {
    alert: 'IndexLag',
    severity: 'warning',
    at: '10m',
    firing: { [`commandcenter_index_lag_seconds{${api}}`]: '1800x60' },
    summary: 'A document has been waiting for the index for 30m 0s.',
    quiet: [{ [`commandcenter_index_lag_seconds{${api}}`]: '600x60' }],
  },
];

const sloCases: readonly AlertCase[] = [
  {
    alert: 'AvailabilityBurnsFast',
    severity: 'critical',
    at: '75m',
    firing: { [count('2xx')]: '0+90x500', [count('5xx')]: '0+10x500' },
    summary: '10% of requests fail; at this rate the budget of 30 days is used up within days.',
    quiet: [
      // It was bad and is over: the short window is clean.
      { [count('2xx')]: '0+90x500', [count('5xx')]: '0+10x100 1000x380' },
      // Every second request fails, but there were few.
      { [count('2xx')]: '0x270 20x230', [count('5xx')]: '0x270 20x230' },
      { [count('2xx')]: '0+98x500', [count('5xx')]: '0+2x500' },
    ],
  },
  {
    alert: 'AvailabilityBurnsSlowly',
    severity: 'warning',
    at: '75m',
    firing: { [count('2xx')]: '0+98x500', [count('5xx')]: '0+2x500' },
    summary: '2% of requests fail; the budget of 30 days will not last.',
    quiet: [{ [count('2xx')]: '0+996x500', [count('5xx')]: '0+4x500' }],
  },
  {
    alert: 'LatencyBurnsFast',
    severity: 'critical',
    at: '75m',
    firing: { [bucket('0.5')]: '0+80x500', [count('2xx')]: '0+100x500' },
    summary:
      '20% of requests take longer than 0.5 s; at this rate the budget of 30 days is used up within days.',
    quiet: [{ [bucket('0.5')]: '0+96x500', [count('2xx')]: '0+100x500' }],
  },
  {
    alert: 'LatencyBurnsSlowly',
    severity: 'warning',
    at: '75m',
    firing: { [bucket('0.5')]: '0+96x500', [count('2xx')]: '0+100x500' },
    summary: '4% of requests take longer than 0.5 s; the budget of 30 days will not last.',
    quiet: [{ [bucket('0.5')]: '0+995x500', [count('2xx')]: '0+1000x500' }],
  },
];

const dataCases: readonly AlertCase[] = [
  {
    alert: 'DatabaseDown',
    severity: 'critical',
    at: '5m',
    // The exporter is down as well, and the product is the one who says it.
    firing: { [`commandcenter_component_up{${api},component="database"}`]: '0x40' },
    summary: 'PostgreSQL does not answer (up is 0).',
    quiet: [
      { [`commandcenter_component_up{${api},component="database"}`]: '1x40', [`pg_up{${postgres}}`]: '1x40' },
    ],
  },
  {
    alert: 'DatabaseConnectionsNearLimit',
    severity: 'warning',
    at: '10m',
    firing: {
      [`pg_stat_activity_count{${postgres},datname="commandcenter",state="idle"}`]: '60x60',
      [`pg_stat_activity_count{${postgres},datname="commandcenter",state="active"}`]: '30x60',
      [`pg_settings_max_connections{${postgres}}`]: '100x60',
    },
    summary: '90% of the connections of PostgreSQL are taken.',
    quiet: [
      {
        [`pg_stat_activity_count{${postgres},datname="commandcenter",state="idle"}`]: '60x60',
        [`pg_settings_max_connections{${postgres}}`]: '100x60',
      },
    ],
  },
  {
    alert: 'DatabaseLongTransaction',
    severity: 'warning',
    at: '5m',
    firing: {
      [`pg_stat_activity_max_tx_duration{${postgres},datname="commandcenter",state="idle in transaction"}`]:
        '1800x40',
    },
    labels: { datname: 'commandcenter' },
    summary: 'A transaction in commandcenter has been open for 30m 0s.',
    quiet: [
      { [`pg_stat_activity_max_tx_duration{${postgres},datname="commandcenter",state="active"}`]: '300x40' },
    ],
  },
  {
    alert: 'ArchivingFails',
    severity: 'critical',
    at: '10m',
    firing: { [`pg_stat_archiver_failed_count{${postgres}}`]: '0x20 1x20 2x20' },
    labels: { job: 'postgres', instance: 'postgres-exporter:9187' },
    summary: 'PostgreSQL failed to archive 1 times in 15 minutes.',
    quiet: [{ [`pg_stat_archiver_failed_count{${postgres}}`]: '5x60' }],
  },
  {
    alert: 'ArchivingLags',
    severity: 'critical',
    at: '10m',
    firing: {
      [`pg_stat_archiver_last_archive_age{${postgres}}`]: '1800x60',
      [`pg_settings_archive_timeout_seconds{${postgres}}`]: '60x60',
    },
    labels: { job: 'postgres', instance: 'postgres-exporter:9187' },
    summary: 'Nothing was archived for 30m 0s; that much could be lost.',
    quiet: [
      {
        [`pg_stat_archiver_last_archive_age{${postgres}}`]: '1800x60',
        [`pg_settings_archive_timeout_seconds{${postgres}}`]: '0x60',
      },
    ],
  },
  {
    alert: 'ReplicationLags',
    severity: 'warning',
    at: '10m',
    firing: { [`pg_replication_slots_pg_wal_lsn_diff{${postgres},slot_name="standby"}`]: '1073741824x60' },
    labels: { job: 'postgres', instance: 'postgres-exporter:9187', slot_name: 'standby' },
    summary: 'The slot standby is behind by 1GiB; that much is kept on the disk for it.',
    quiet: [{ [`pg_replication_slots_pg_wal_lsn_diff{${postgres},slot_name="standby"}`]: '1048576x60' }],
  },
  {
    alert: 'RedisDown',
    severity: 'warning',
    at: '5m',
    firing: { [`redis_up{${redis}}`]: '0x40' },
    summary: 'Redis does not answer (up is 0); the product goes on without it, slower.',
    quiet: [
      { [`redis_up{${redis}}`]: '1x40', [`commandcenter_component_up{${api},component="redis"}`]: '1x40' },
    ],
  },
  {
    alert: 'RedisMemoryNearLimit',
    severity: 'warning',
    at: '10m',
    firing: {
      [`redis_memory_used_bytes{${redis}}`]: '95x60',
      [`redis_memory_max_bytes{${redis}}`]: '100x60',
    },
    labels: { job: 'redis', instance: 'redis-exporter:9121' },
    summary: 'Redis uses 95% of its memory.',
    // No limit is 0, and x / 0 is more than anything.
    quiet: [{ [`redis_memory_used_bytes{${redis}}`]: '95x60', [`redis_memory_max_bytes{${redis}}`]: '0x60' }],
  },
  {
    alert: 'BackupStale',
    severity: 'critical',
    at: '20m',
    firing: { [`commandcenter_backup_stale{${api}}`]: '1x100' },
    summary: 'A backup that the schedule wanted is missing (stale is 1).',
    quiet: [{ [`commandcenter_backup_stale{${api}}`]: '0x100' }],
  },
  {
    alert: 'BackupUnverified',
    severity: 'critical',
    at: '4h',
    firing: { [`commandcenter_backup_sets{${api}}`]: '3x1000' },
    summary:
      'No backup of the last two days was restored and found equal (3: its age in seconds, or how many sets there are and none is verified).',
    quiet: [
      {
        [`commandcenter_backup_sets{${api}}`]: '3x1000',
        [`commandcenter_backup_newest_verified_age_seconds{${api}}`]: '90000x1000',
      },
      // A new installation has none yet: that is what BackupStale is for.
      { [`commandcenter_backup_sets{${api}}`]: '0x1000' },
    ],
  },
  {
    alert: 'BackupStepFailed',
    severity: 'critical',
    at: '20m',
    firing: { [`commandcenter_backup_failed{${api},step="copy"}`]: '1x100' },
    labels: { step: 'copy' },
    summary: 'The step copy of the backup failed and has not worked since (failed is 1).',
    quiet: [{ [`commandcenter_backup_failed{${api},step="copy"}`]: '1x20 0x80' }],
  },
  {
    alert: 'DrillOverdue',
    severity: 'warning',
    at: '61m',
    firing: { [`commandcenter_drill_overdue{${api}}`]: '1x300' },
    summary: 'No disaster was played for longer than DRILL_OVERDUE_DAYS (overdue is 1).',
    quiet: [{ [`commandcenter_drill_overdue{${api}}`]: '0x300' }],
  },
  {
    alert: 'DrillFailed',
    severity: 'critical',
    at: '16m',
    firing: {
      [`commandcenter_drill_held{${api},scenario="lost-host"}`]: '0x100',
      [`commandcenter_drill_held{${api},scenario="lost-site"}`]: '1x100',
    },
    labels: { scenario: 'lost-host' },
    summary: 'The last drill did not come back from lost-host as it should (held is 0).',
    quiet: [
      { [`commandcenter_drill_held{${api},scenario="lost-host"}`]: '1x100' },
      // What is not covered is told by the drill itself, and has no figure.
      { [`commandcenter_drill_covered{${api},scenario="lost-site"}`]: '0x100' },
    ],
  },
];

const machineCases: readonly AlertCase[] = [
  {
    alert: 'DiskAlmostFull',
    severity: 'critical',
    at: '10m',
    firing: {
      [`node_filesystem_avail_bytes{${disk}}`]: '5x60',
      [`node_filesystem_size_bytes{${disk}}`]: '100x60',
    },
    labels: diskLabels,
    summary: '5% of the disk at / is free.',
    quiet: [
      {
        [`node_filesystem_avail_bytes{${disk}}`]: '15x60',
        [`node_filesystem_size_bytes{${disk}}`]: '100x60',
      },
    ],
  },
  {
    alert: 'DiskWillFill',
    severity: 'warning',
    at: '1h',
    firing: {
      [`node_filesystem_avail_bytes{${disk}}`]: '35000-10x240',
      [`node_filesystem_size_bytes{${disk}}`]: '100000x240',
    },
    labels: diskLabels,
    summary: 'The disk at / will be full within a day; 32.6% is free.',
    quiet: [
      // It fills, but there is room for more than a day's growth to be seen first.
      {
        [`node_filesystem_avail_bytes{${disk}}`]: '90000-10x240',
        [`node_filesystem_size_bytes{${disk}}`]: '100000x240',
      },
      {
        [`node_filesystem_avail_bytes{${disk}}`]: '35000x240',
        [`node_filesystem_size_bytes{${disk}}`]: '100000x240',
      },
    ],
  },
  {
    alert: 'InodesWillRunOut',
    severity: 'warning',
    at: '20m',
    firing: {
      [`node_filesystem_files_free{${disk}}`]: '5x100',
      [`node_filesystem_files{${disk}}`]: '100x100',
    },
    labels: diskLabels,
    summary: '5% of the inodes at / is free.',
    // Some file systems count no inodes.
    quiet: [
      { [`node_filesystem_files_free{${disk}}`]: '0x100', [`node_filesystem_files{${disk}}`]: '0x100' },
      { [`node_filesystem_files_free{${disk}}`]: '50x100', [`node_filesystem_files{${disk}}`]: '100x100' },
    ],
  },
  {
    alert: 'HostMemoryLow',
    severity: 'warning',
    at: '10m',
    firing: {
      [`node_memory_MemAvailable_bytes{${node}}`]: '5x60',
      [`node_memory_MemTotal_bytes{${node}}`]: '100x60',
    },
    labels: { job: 'node', instance: 'node-exporter:9100' },
    summary: '5% of the memory of the host is left.',
    quiet: [
      {
        [`node_memory_MemAvailable_bytes{${node}}`]: '30x60',
        [`node_memory_MemTotal_bytes{${node}}`]: '100x60',
      },
    ],
  },
  {
    alert: 'HostCpuBusy',
    severity: 'warning',
    at: '30m',
    firing: { [`node_cpu_seconds_total{${node},cpu="0",mode="idle"}`]: '0+0.15x150' },
    labels: { instance: 'node-exporter:9100' },
    summary: 'The processors of the host are busy to 99%.',
    quiet: [{ [`node_cpu_seconds_total{${node},cpu="0",mode="idle"}`]: '0+5x150' }],
  },
  {
    alert: 'ClockSkew',
    severity: 'warning',
    at: '20m',
    firing: { [`node_timex_offset_seconds{${node}}`]: '-0.2x100' },
    labels: { job: 'node', instance: 'node-exporter:9100' },
    summary: 'The clock of node-exporter:9100 is wrong or nobody sets it (0.2).',
    quiet: [
      { [`node_timex_offset_seconds{${node}}`]: '0.001x100' },
      // Another program than the kernel's sets it, and well.
      {
        [`node_timex_sync_status{${node}}`]: '0x100',
        [`node_timex_maxerror_seconds{${node}}`]: '0.5x100',
      },
    ],
  },
  {
    alert: 'ContainerThrottled',
    severity: 'warning',
    at: '20m',
    firing: {
      [`container_cpu_cfs_throttled_periods_total{${container}}`]: '0+50x100',
      [`container_cpu_cfs_periods_total{${container}}`]: '0+100x100',
    },
    labels: containerLabels,
    summary: 'radar-api-1 is held back by its CPU limit in 50% of the time.',
    quiet: [
      {
        [`container_cpu_cfs_throttled_periods_total{${container}}`]: '0+1x100',
        [`container_cpu_cfs_periods_total{${container}}`]: '0+100x100',
      },
      // Without a quota there are no periods.
      {
        [`container_cpu_cfs_throttled_periods_total{${container}}`]: '0x100',
        [`container_cpu_cfs_periods_total{${container}}`]: '0x100',
      },
    ],
  },
  {
    alert: 'ContainerMemoryHigh',
    severity: 'warning',
    at: '10m',
    firing: {
      [`container_memory_working_set_bytes{${container}}`]: '95x60',
      [`container_spec_memory_limit_bytes{${container}}`]: '100x60',
    },
    labels: containerLabels,
    summary: 'radar-api-1 uses 95% of its memory.',
    quiet: [
      {
        [`container_memory_working_set_bytes{${container}}`]: '95x60',
        [`container_spec_memory_limit_bytes{${container}}`]: '0x60',
      },
      {
        [`container_memory_working_set_bytes{${container}}`]: '50x60',
        [`container_spec_memory_limit_bytes{${container}}`]: '100x60',
      },
    ],
  },
  {
    alert: 'ContainerOutOfMemory',
    severity: 'critical',
    at: '10m',
    firing: { [`container_oom_events_total{${container}}`]: '0x38 1x10' },
    labels: containerLabels,
    summary: 'radar-api-1 ran out of memory 1 times in 10 minutes.',
    quiet: [{ [`container_oom_events_total{${container}}`]: '4x60' }],
  },
  {
    alert: 'ContainerRestartLoop',
    severity: 'critical',
    at: '10m',
    firing: { [`container_start_time_seconds{${container}}`]: '100x8 200x8 300x8 400x20' },
    labels: containerLabels,
    summary: 'radar-api-1 was started 3 times in 15 minutes.',
    quiet: [{ [`container_start_time_seconds{${container}}`]: '100x8 200x40' }],
  },
  {
    alert: 'PublicAddressUnreachable',
    severity: 'critical',
    at: '5m',
    firing: { [`probe_success{${probe}}`]: '0x40' },
    labels: probeLabels,
    summary: 'https://radar.example.com/health does not answer from outside (success is 0).',
    quiet: [{ [`probe_success{${probe}}`]: '1x10 0 1x29' }],
  },
  {
    alert: 'CertificateExpiresSoon',
    severity: 'warning',
    at: '2h',
    // Time begins at 0 in these tests: 10 days from then, and two hours have passed.
    firing: { [`probe_ssl_earliest_cert_expiry{${probe}}`]: '864000x500' },
    labels: probeLabels,
    summary: 'The certificate of https://radar.example.com/health ends in 9d 22h 0m 0s.',
    quiet: [{ [`probe_ssl_earliest_cert_expiry{${probe}}`]: '5184000x500' }],
  },
  {
    alert: 'CertificateExpiresNow',
    severity: 'critical',
    at: '10m',
    firing: { [`probe_ssl_earliest_cert_expiry{${probe}}`]: '87000x60' },
    labels: probeLabels,
    summary: 'The certificate of https://radar.example.com/health ends in 1d 0h 0m 0s.',
    quiet: [{ [`probe_ssl_earliest_cert_expiry{${probe}}`]: '864000x60' }],
  },
  {
    alert: 'EdgeDown',
    severity: 'critical',
    at: '5m',
    firing: { 'nginx_up{job="nginx",instance="nginx-exporter:9113"}': '0x40' },
    labels: { job: 'nginx', instance: 'nginx-exporter:9113' },
    summary: 'nginx behind nginx-exporter:9113 does not answer (up is 0).',
    quiet: [{ 'nginx_up{job="nginx",instance="nginx-exporter:9113"}': '1x40' }],
  },
  {
    alert: 'DeadMansSwitch',
    severity: 'none',
    at: '1m',
    firing: {},
    summary: 'Always on (value 1): when it stops to arrive, Prometheus or Alertmanager is gone.',
    // It is never quiet: that is what it is for.
    quiet: [],
  },
  {
    alert: 'NotificationsFail',
    severity: 'critical',
    at: '10m',
    firing: {
      'alertmanager_notifications_failed_total{job="alertmanager",instance="a:9093",integration="webhook"}':
        '0+1x60',
    },
    labels: { job: 'alertmanager', instance: 'a:9093', integration: 'webhook' },
    summary: 'Alertmanager failed to send 20 messages by webhook in 5 minutes.',
    quiet: [
      {
        'alertmanager_notifications_failed_total{job="alertmanager",instance="a:9093",integration="webhook"}':
          '7x60',
      },
    ],
  },
  {
    alert: 'RulesFail',
    severity: 'critical',
    at: '10m',
    firing: { 'prometheus_rule_evaluation_failures_total{job="prometheus",instance="p:1"}': '0+1x60' },
    labels: { job: 'prometheus', instance: 'p:1' },
    summary: '20 evaluations of rules failed in 5 minutes; those alerts are blind.',
    quiet: [{ 'prometheus_rule_evaluation_failures_total{job="prometheus",instance="p:1"}': '3x60' }],
  },
];

export const suites: Readonly<Record<string, Suite>> = {
  'the product': { rules: ['product.yml', 'slo.yml'], cases: productCases },
  'the objectives': { rules: ['slo.yml'], cases: sloCases },
  'the data': { rules: ['data.yml'], cases: dataCases },
  'the machine': { rules: ['machine.yml'], cases: machineCases },
};
