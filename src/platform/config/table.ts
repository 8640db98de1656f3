import { backupOperation } from './backup-operation.ts';
import { decimal, integer, list, oneOf, secret, secretList, text } from './settings.ts';

/** Every setting of the product, in the order in which the documentation shows them. */
export const settings = {
  host: text('HOST', '127.0.0.1', 'Address to listen on.'),
  port: integer('PORT', 3000, [0, 65535], 'Port to listen on; 0 takes a free one.'),
  dataDir: text(
    'DATA_DIR',
    './data',
    'Folder that holds everything: database, index, mirrors, files and keys.',
  ),
  publicUrl: text(
    'PUBLIC_URL',
    undefined,
    'Address that people use, such as https://radar.example.com. Its host is answered, and links and sign-in use it.',
  ),
  allowedHosts: list(
    'ALLOWED_HOSTS',
    'Further Host names that requests may name, beside the loopback names.',
  ),
  release: text(
    'RELEASE',
    undefined,
    'Name of what was deployed, which /livez, /readyz and /health tell; `commandcenter deploy` sets it.',
  ),
  logLevel: oneOf(
    'LOG_LEVEL',
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'The least important log line that is written.',
  ),
  secretKey: secret(
    'SECRET_KEY',
    'Key that encrypts stored tokens: 32 bytes as 64 hexadecimal characters. Made and kept in DATA_DIR/secret-key if not given.',
  ),
  previousSecretKeys: secretList(
    'PREVIOUS_SECRET_KEYS',
    'Earlier values of SECRET_KEY, newest first, that can still be read until `commandcenter secrets rotate` has run.',
  ),
  databaseUrl: secret(
    'DATABASE_URL',
    'PostgreSQL 15 or newer to use instead of the embedded database: postgres://user:password@host/name.',
  ),
  databasePassword: secret(
    'DATABASE_PASSWORD',
    'Password for DATABASE_URL, if that holds none: the address may then be seen by anybody.',
  ),
  databasePoolSize: integer(
    'DATABASE_POOL_SIZE',
    10,
    [2, 500],
    'Most connections that one process opens to PostgreSQL.',
  ),
  databaseConnectTimeoutSeconds: integer(
    'DATABASE_CONNECT_TIMEOUT_SECONDS',
    5,
    [1, 300],
    'Longest wait for a connection, new or from the pool.',
  ),
  databaseStatementTimeoutSeconds: integer(
    'DATABASE_STATEMENT_TIMEOUT_SECONDS',
    30,
    [1, 3600],
    'Longest time one statement may take.',
  ),
  databaseLockTimeoutSeconds: integer(
    'DATABASE_LOCK_TIMEOUT_SECONDS',
    10,
    [1, 3600],
    'Longest wait for a lock that another transaction holds.',
  ),
  databaseIdleTransactionSeconds: integer(
    'DATABASE_IDLE_TRANSACTION_SECONDS',
    30,
    [1, 3600],
    'Longest time a transaction may stand open without a statement.',
  ),
  databaseIdleSeconds: integer(
    'DATABASE_IDLE_SECONDS',
    60,
    [1, 86_400],
    'A connection that was not used for this long is closed.',
  ),
  databaseLifetimeSeconds: integer(
    'DATABASE_LIFETIME_SECONDS',
    3600,
    [10, 86_400],
    'A connection is replaced after this time.',
  ),
  slowQueryMs: integer(
    'SLOW_QUERY_MS',
    500,
    [1, 600_000],
    'Statements that take longer, in ms, are logged once with their plan.',
  ),
  slowRequestMs: integer(
    'SLOW_REQUEST_MS',
    2000,
    [1, 600_000],
    'Requests that take longer, in ms, are logged with their parts.',
  ),
  redisUrl: secret(
    'REDIS_URL',
    'Redis 7 or newer for rate limits and live events between processes: redis://user:password@host:6379.',
  ),
  redisCacheUrl: secret(
    'REDIS_CACHE_URL',
    'A Redis of its own for the cache, which may evict what it likes. REDIS_URL if not given.',
  ),
  redisPassword: secret('REDIS_PASSWORD', 'Password for REDIS_URL and REDIS_CACHE_URL, if they hold none.'),
  redisKeyPrefix: text(
    'REDIS_KEY_PREFIX',
    'commandcenter:',
    'What every key and channel in Redis begins with.',
  ),
  drainSeconds: integer(
    'DRAIN_SECONDS',
    0,
    [0, 300],
    'How long /readyz says 503 before the server stops taking requests, so that a load balancer looks away first.',
  ),
  shutdownSeconds: integer(
    'SHUTDOWN_SECONDS',
    20,
    [1, 3600],
    'Longest time that requests and jobs get to end when the process is told to stop.',
  ),
  trustedProxies: list(
    'TRUSTED_PROXIES',
    'Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.',
  ),
  answerCache: oneOf(
    'ANSWER_CACHE',
    ['on', 'off'],
    'on',
    'Whether answers that cost much are kept until something of their project changes, a minute at most.',
  ),
  rateLimitPerMinute: integer(
    'RATE_LIMIT_PER_MINUTE',
    1200,
    [1, 10_000_000],
    'Requests that one user, token or address may make in a minute.',
  ),
  maxRequestsUnderWay: integer(
    'MAX_REQUESTS_UNDER_WAY',
    200,
    [1, 100_000],
    'Most requests that one process answers at once. When there are more, or more than it answers in two seconds, further ones get 503.',
  ),
  loginLimitPerMinute: integer(
    'LOGIN_LIMIT_PER_MINUTE',
    10,
    [1, 100_000],
    'Tries to sign in that one address, or for one account, may make in a minute.',
  ),
  oidcIssuer: text(
    'OIDC_ISSUER',
    undefined,
    'OpenID Connect provider for sign-in, such as https://id.example.com.',
  ),
  oidcClientId: text('OIDC_CLIENT_ID', undefined, 'Client id at the OpenID Connect provider.'),
  oidcClientSecret: secret('OIDC_CLIENT_SECRET', 'Client secret at the OpenID Connect provider.'),
  oidcScopes: text('OIDC_SCOPES', 'openid email profile', 'Scopes that are asked for, separated by blanks.'),
  oidcGroupsClaim: text('OIDC_GROUPS_CLAIM', 'groups', 'Claim that lists the groups of a user.'),
  oidcRoles: list(
    'OIDC_ROLES',
    'Which group has which role in which project: group=role@project, such as platform-team=editor@default.',
  ),
  metricsPort: integer(
    'METRICS_PORT',
    0,
    [0, 65535],
    'Port of its own for /metrics; 0 for none. METRICS_TOKEN opens it on the ordinary port.',
  ),
  metricsHost: text('METRICS_HOST', '127.0.0.1', 'Address that the port for metrics listens on.'),
  metricsToken: secret(
    'METRICS_TOKEN',
    'Bearer token that reads /metrics, the details of /health and /api/v1/operations on the ordinary port.',
  ),
  traceEndpoint: text(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    undefined,
    'Base URL of an OpenTelemetry collector (OTLP over HTTP) that gets the traces, such as http://localhost:4318.',
  ),
  traceSampleRatio: decimal(
    'OTEL_TRACES_SAMPLER_ARG',
    1,
    [0, 1],
    'Share of traces that are kept when a request does not say so itself.',
  ),
  gitTimeoutSeconds: integer(
    'GIT_TIMEOUT_SECONDS',
    1800,
    [1, 86_400],
    'Longest time one git command may take.',
  ),
  gitMaxMegabytes: integer(
    'GIT_MAX_MEGABYTES',
    4096,
    [1, 1_000_000],
    'Largest mirror of one repository, in MB.',
  ),
  syncMinutes: integer(
    'SYNC_MINUTES',
    30,
    [1, 10_080],
    'How often a tracked repository is fetched, unless it says otherwise.',
  ),
  outgoingAllowHosts: list(
    'OUTGOING_ALLOW_HOSTS',
    'Hosts that may be fetched though their address is private or loopback.',
  ),
  uploadMaxMegabytes: integer(
    'UPLOAD_MAX_MEGABYTES',
    50,
    [1, 1024],
    'Largest document that is accepted, in MB.',
  ),
  modelProvider: oneOf(
    'MODEL_PROVIDER',
    ['anthropic', 'openai', 'openai-compatible'],
    undefined,
    'Language model that writes answers. Without one, answers are ranked quotations.',
  ),
  modelName: text('MODEL_NAME', undefined, 'Name of the model at its provider.'),
  modelApiKey: secret('MODEL_API_KEY', 'Key for the model provider.'),
  modelBaseUrl: text(
    'MODEL_BASE_URL',
    undefined,
    'Base URL of the model server; needed for openai-compatible.',
  ),
  modelTimeoutSeconds: integer(
    'MODEL_TIMEOUT_SECONDS',
    60,
    [1, 600],
    'Longest time an answer of the model may take.',
  ),
  backupDir: text(
    'BACKUP_DIR',
    undefined,
    'Folder that holds the backup sets, best on another disk. DATA_DIR/backups if not given.',
  ),
  backupRecipients: list(
    'BACKUP_RECIPIENTS',
    'Public keys of age (age1…) that sets are encrypted for. That of BACKUP_IDENTITY if not given.',
  ),
  backupIdentity: secret(
    'BACKUP_IDENTITY',
    'Identity of age that opens sets, to verify and restore them. DATA_DIR/backup-identity if not given; without DATABASE_URL it is made there.',
  ),
  ...backupOperation,
};

type Settings = typeof settings;
export type Config = { readonly [Key in keyof Settings]: ReturnType<Settings[Key]['parse']> };
