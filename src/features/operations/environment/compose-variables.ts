/** A variable of `.env` that the compose files, Compose itself or the deploy read, and no process of the product. */
export interface ComposeVariable {
  name: string;
  description: string;
  /** For what Compose itself reads: the compose files say the default of the others. */
  example?: string;
}

const sizes = (part: string, name: string): ComposeVariable[] => [
  {
    name: `${name}_MEMORY`,
    description: `Most memory that ${part} may take; what takes more is ended and starts again.`,
  },
  { name: `${name}_CPUS`, description: `Most processors that ${part} may use.` },
];

/** In the order in which `.env.example` shows them. */
export const composeVariables: readonly { title: string; variables: readonly ComposeVariable[] }[] = [
  {
    title: 'The installation',
    variables: [
      {
        name: 'COMPOSE_PROJECT_NAME',
        example: 'commandcenter',
        description:
          'What containers, networks and volumes are named after; each installation on a host has one of its own.',
      },
      {
        name: 'COMPOSE_FILE',
        example: 'docker-compose.yml:docker-compose.prod.yml',
        description:
          'The compose files that it consists of, so that docker compose and a deploy mean the same; add overlays such as docker-compose.traefik.yml.',
      },
      {
        name: 'COMMANDCENTER_IMAGE',
        description:
          'Image of the server; in production by digest, registry/commandcenter@sha256:…. A deploy writes it.',
      },
      {
        name: 'COMMANDCENTER_WEB_IMAGE',
        description: 'Image of the web server and of the edge; in production by digest. A deploy writes it.',
      },
      { name: 'SECRETS_DIR', description: 'Folder of the secrets, one file each.' },
    ],
  },
  {
    title: 'Ports of this host',
    variables: [
      { name: 'HTTP_PORT', description: 'Where the edge listens for HTTP, which leads to HTTPS.' },
      {
        name: 'HTTPS_PORT',
        description: 'Where the edge listens for HTTPS. PUBLIC_URL names it, if it is not 443.',
      },
      {
        name: 'WEB_PORT',
        description: 'Where the web server listens on this machine only, with no edge before it.',
      },
    ],
  },
  {
    title: 'Images of others',
    variables: [
      {
        name: 'POSTGRES_IMAGE',
        description: 'PostgreSQL; another major version needs its data brought over.',
      },
      { name: 'REDIS_IMAGE', description: 'Redis 7 or newer.' },
    ],
  },
  {
    title: 'Behind a Traefik that is there (docker-compose.traefik.yml)',
    variables: [
      { name: 'PUBLIC_HOST', description: 'Name that people use; PUBLIC_URL is made from it there.' },
      { name: 'TRAEFIK_NETWORK', description: 'Network that Traefik and this installation share.' },
      { name: 'TRAEFIK_ENTRYPOINT', description: 'Entry point of Traefik for HTTPS.' },
      { name: 'TRAEFIK_CERTRESOLVER', description: 'What Traefik gets certificates from.' },
    ],
  },
  {
    title: 'Points in time (docker-compose.backup.yml)',
    variables: [
      {
        name: 'COMMANDCENTER_POSTGRES_IMAGE',
        description: 'Image of PostgreSQL with pgBackRest, built from deploy/docker/postgres.Dockerfile.',
      },
      { name: 'ARCHIVE_BACKUP_HOUR', description: 'Hour, in UTC, from which the backup of a day is made.' },
    ],
  },
  {
    title: 'Monitoring (docker-compose.monitoring.yml)',
    variables: [
      { name: 'MONITORING_DIR', description: 'Folder of the configuration of what watches.' },
      {
        name: 'RECEIVERS_DIR',
        description:
          'Folder of the addresses that alerts are sent to, one file each: webhook_url, heartbeat_url, smtp_password.',
      },
      { name: 'ALERT_EMAIL_TO', description: 'Who gets alerts by e-mail; nobody if it is not set.' },
      { name: 'ALERT_EMAIL_FROM', description: 'Sender of alerts; ALERT_EMAIL_TO if it is not set.' },
      { name: 'ALERT_SMTP_HOST', description: 'Mail server with its port, such as smtp.example.com:587.' },
      {
        name: 'ALERT_SMTP_USER',
        description: 'Account at the mail server; its password is the file smtp_password.',
      },
      { name: 'ALERT_SMTP_REQUIRE_TLS', description: 'Whether mail is only sent by TLS.' },
      { name: 'GRAFANA_PORT', description: 'Where Grafana listens on this machine only.' },
      {
        name: 'NGINX_STATUS_URL',
        description: 'Where the edge tells about itself; without an edge, http://web:8081/stub_status.',
      },
      { name: 'PROMETHEUS_DISK', description: 'Most disk that Prometheus takes; older figures go first.' },
      { name: 'PROMETHEUS_MEMORY', description: 'Most memory that Prometheus may take.' },
      { name: 'LOKI_MEMORY', description: 'Most memory that Loki may take.' },
      { name: 'ALLOY_MEMORY', description: 'Most memory that Alloy may take.' },
      { name: 'TEMPO_MEMORY', description: 'Most memory that Tempo may take.' },
      { name: 'GRAFANA_MEMORY', description: 'Most memory that Grafana may take.' },
      { name: 'PROMETHEUS_IMAGE', description: 'Image of Prometheus 3.' },
      { name: 'ALERTMANAGER_IMAGE', description: 'Image of Alertmanager.' },
      { name: 'POSTGRES_EXPORTER_IMAGE', description: 'Image of the PostgreSQL exporter.' },
      { name: 'REDIS_EXPORTER_IMAGE', description: 'Image of the Redis exporter.' },
      { name: 'NGINX_EXPORTER_IMAGE', description: 'Image of the nginx exporter.' },
      { name: 'BLACKBOX_EXPORTER_IMAGE', description: 'Image of the blackbox exporter.' },
      { name: 'NODE_EXPORTER_IMAGE', description: 'Image of the node exporter.' },
      { name: 'CADVISOR_IMAGE', description: 'Image of cAdvisor.' },
      { name: 'LOKI_IMAGE', description: 'Image of Loki 3.' },
      { name: 'ALLOY_IMAGE', description: 'Image of Alloy.' },
      { name: 'TEMPO_IMAGE', description: 'Image of Tempo.' },
      { name: 'GRAFANA_IMAGE', description: 'Image of Grafana.' },
    ],
  },
  {
    title: 'Development (docker-compose.dev.yml)',
    variables: [
      { name: 'POSTGRES_PORT', description: 'Where PostgreSQL listens on this machine only.' },
      { name: 'REDIS_PORT', description: 'Where Redis listens on this machine only.' },
      { name: 'DEBUG_PORT', description: 'Where the debugger of the API listens on this machine only.' },
      {
        name: 'WORKER_DEBUG_PORT',
        description: 'Where the debugger of the worker listens on this machine only.',
      },
    ],
  },
  {
    title: 'Sizes',
    variables: [
      { name: 'API_REPLICAS', description: 'How many processes of the API run.' },
      { name: 'WORKER_REPLICAS', description: 'How many workers a release has.' },
      { name: 'WEB_REPLICAS', description: 'How many web servers a release has.' },
      {
        name: 'API_HEAP_MEGABYTES',
        description: 'Heap of one process of the API, in MB; about half of API_MEMORY.',
      },
      {
        name: 'WORKER_HEAP_MEGABYTES',
        description: 'Heap of one worker, in MB; about half of WORKER_MEMORY.',
      },
      ...sizes('one process of the API', 'API'),
      ...sizes('one worker', 'WORKER'),
      ...sizes('the web server', 'WEB'),
      ...sizes('the edge', 'EDGE'),
      ...sizes('PostgreSQL', 'POSTGRES'),
      {
        name: 'POSTGRES_MAX_CONNECTIONS',
        description:
          'Connections that PostgreSQL takes: more than DATABASE_POOL_SIZE × (API + workers), during a deploy × 2.',
      },
      { name: 'POSTGRES_SHARED_BUFFERS', description: 'Memory for pages, a quarter of POSTGRES_MEMORY.' },
      {
        name: 'POSTGRES_EFFECTIVE_CACHE_SIZE',
        description: 'What PostgreSQL may expect to find in memory, half of POSTGRES_MEMORY.',
      },
      ...sizes('Redis', 'REDIS'),
      { name: 'REDIS_MAXMEMORY', description: 'Where Redis refuses new values; half of REDIS_MEMORY.' },
    ],
  },
];

/** Settings of the product that can't be given in `.env`, and why. */
export const settingsWithoutVariable: Readonly<Record<string, string>> = {
  HOST: 'the image listens on all addresses of its container',
  PORT: 'the image has its own; what is published is HTTPS_PORT',
  RELEASE: 'a deploy names each release',
  DATA_DIR: 'the image has its own, where the volumes are mounted',
  METRICS_HOST: 'on all addresses of the container, on networks that are not published',
};
