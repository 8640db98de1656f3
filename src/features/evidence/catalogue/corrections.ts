import type { DetectionKind } from '../types.ts';

export interface Correction {
  slug: string;
  name?: string;
  kind?: DetectionKind;
  homepage?: string;
  /** Further names that mean this technology, by ecosystem. */
  packages?: Record<string, string[]>;
  /** Names that the imported rules give it and that do not show it in use. */
  without?: Record<string, string[]>;
}

const languages: Correction[] = [
  {
    slug: 'nodejs',
    name: 'Node.js',
    kind: 'language',
    homepage: 'https://nodejs.org',
    packages: { runtime: ['node', 'nodejs'], 'github-actions': ['actions/setup-node'] },
  },
  {
    slug: 'python',
    name: 'Python',
    homepage: 'https://www.python.org',
    packages: { runtime: ['python'], language: ['Python'] },
  },
  {
    slug: 'golang',
    name: 'Go',
    homepage: 'https://go.dev',
    packages: { runtime: ['go', 'golang'], language: ['Go'], 'github-actions': ['actions/setup-go'] },
  },
  {
    slug: 'rust',
    name: 'Rust',
    homepage: 'https://www.rust-lang.org',
    packages: {
      runtime: ['rust'],
      language: ['Rust'],
      docker: ['rust'],
      'github-actions': [
        'dtolnay/rust-toolchain',
        'actions-rs/toolchain',
        'actions-rust-lang/setup-rust-toolchain',
      ],
    },
  },
  {
    slug: 'typescript',
    name: 'TypeScript',
    homepage: 'https://www.typescriptlang.org',
    packages: { language: ['TypeScript', 'TSX'] },
  },
  {
    slug: 'javascript',
    homepage: 'https://developer.mozilla.org/docs/Web/JavaScript',
    packages: { language: ['JavaScript'] },
  },
  {
    slug: 'ruby',
    homepage: 'https://www.ruby-lang.org',
    packages: { runtime: ['ruby'], language: ['Ruby'] },
  },
  {
    slug: 'java',
    homepage: 'https://dev.java',
    packages: { runtime: ['java'], language: ['Java'], 'github-actions': ['actions/setup-java'] },
  },
  { slug: 'php', homepage: 'https://www.php.net', packages: { runtime: ['php'], language: ['PHP'] } },
  { slug: 'deno', homepage: 'https://deno.com', packages: { runtime: ['deno'] } },
  { slug: 'bun', homepage: 'https://bun.sh', packages: { runtime: ['bun'], docker: ['oven/bun'] } },
];

const data: Correction[] = [
  {
    slug: 'postgresql',
    name: 'PostgreSQL',
    homepage: 'https://www.postgresql.org',
    packages: {
      runtime: ['postgres', 'postgresql'],
      npm: ['pg', 'postgres', 'pg-promise', 'pg-native', 'slonik', '@electric-sql/pglite'],
      pypi: ['psycopg', 'psycopg2', 'psycopg2-binary', 'psycopg-binary', 'asyncpg', 'pg8000', 'aiopg'],
      go: ['github.com/lib/pq', 'github.com/jackc/pgx', 'github.com/jackc/pgx/v4', 'github.com/jackc/pgx/v5'],
      cargo: ['postgres', 'tokio-postgres', 'deadpool-postgres'],
      docker: [
        'postgres',
        'bitnami/postgresql',
        'postgis/postgis',
        'pgvector/pgvector',
        'timescale/timescaledb',
      ],
    },
  },
  {
    slug: 'mysql',
    name: 'MySQL',
    homepage: 'https://www.mysql.com',
    packages: {
      npm: ['mysql', 'mysql2'],
      pypi: ['mysqlclient', 'pymysql', 'mysql-connector-python', 'aiomysql'],
      go: ['github.com/go-sql-driver/mysql'],
      docker: ['mysql'],
    },
  },
  {
    slug: 'mongodb',
    name: 'MongoDB',
    homepage: 'https://www.mongodb.com',
    packages: {
      npm: ['mongodb', 'mongoose'],
      pypi: ['pymongo', 'motor', 'mongoengine'],
      go: ['go.mongodb.org/mongo-driver', 'go.mongodb.org/mongo-driver/v2'],
      cargo: ['mongodb'],
      docker: ['mongo'],
    },
  },
  {
    slug: 'redis',
    name: 'Redis',
    homepage: 'https://redis.io',
    packages: {
      npm: ['redis', 'ioredis', '@redis/client'],
      pypi: ['redis', 'aioredis', 'hiredis'],
      go: ['github.com/redis/go-redis/v9', 'github.com/go-redis/redis/v8', 'github.com/gomodule/redigo'],
      cargo: ['redis', 'fred'],
      docker: ['redis', 'bitnami/redis', 'redis/redis-stack', 'redis/redis-stack-server'],
    },
  },
  {
    slug: 'sqlite',
    name: 'SQLite',
    homepage: 'https://sqlite.org',
    packages: {
      npm: ['sqlite3', 'better-sqlite3'],
      pypi: ['aiosqlite', 'pysqlite3'],
      go: ['github.com/mattn/go-sqlite3', 'modernc.org/sqlite'],
      cargo: ['rusqlite', 'libsqlite3-sys'],
    },
  },
  {
    slug: 'elasticsearch',
    homepage: 'https://www.elastic.co/elasticsearch',
    packages: {
      docker: ['elasticsearch', 'docker.elastic.co/elasticsearch/elasticsearch'],
      pypi: ['elasticsearch'],
    },
  },
  {
    slug: 'rabbitmq',
    name: 'RabbitMQ',
    homepage: 'https://www.rabbitmq.com',
    packages: {
      npm: ['amqplib'],
      pypi: ['pika', 'aio-pika'],
      go: ['github.com/rabbitmq/amqp091-go'],
      docker: ['rabbitmq'],
    },
  },
  {
    slug: 'kafka',
    name: 'Apache Kafka',
    homepage: 'https://kafka.apache.org',
    packages: {
      npm: ['kafkajs'],
      pypi: ['kafka-python', 'confluent-kafka', 'aiokafka'],
      go: ['github.com/segmentio/kafka-go', 'github.com/IBM/sarama'],
      docker: ['apache/kafka', 'bitnami/kafka', 'confluentinc/cp-kafka'],
    },
  },
];

const frameworks: Correction[] = [
  { slug: 'react', homepage: 'https://react.dev' },
  { slug: 'vue', homepage: 'https://vuejs.org' },
  { slug: 'angular', homepage: 'https://angular.dev' },
  { slug: 'svelte', homepage: 'https://svelte.dev' },
  { slug: 'nextjs', homepage: 'https://nextjs.org', without: { npm: ['@netlify/plugin-nextjs'] } },
  { slug: 'express', kind: 'framework', homepage: 'https://expressjs.com' },
  {
    slug: 'fastify',
    name: 'Fastify',
    kind: 'framework',
    homepage: 'https://fastify.dev',
    packages: { npm: ['fastify'] },
  },
  { slug: 'nestjs', kind: 'framework', homepage: 'https://nestjs.com' },
  {
    slug: 'django',
    name: 'Django',
    kind: 'framework',
    homepage: 'https://www.djangoproject.com',
    packages: { pypi: ['django'] },
  },
  {
    slug: 'flask',
    name: 'Flask',
    kind: 'framework',
    homepage: 'https://flask.palletsprojects.com',
    packages: { pypi: ['flask'] },
  },
  {
    slug: 'fastapi',
    name: 'FastAPI',
    kind: 'framework',
    homepage: 'https://fastapi.tiangolo.com',
    packages: { pypi: ['fastapi'] },
  },
  {
    slug: 'gin',
    name: 'Gin',
    kind: 'framework',
    homepage: 'https://gin-gonic.com',
    packages: { go: ['github.com/gin-gonic/gin'] },
  },
  {
    slug: 'axum',
    name: 'Axum',
    kind: 'framework',
    homepage: 'https://docs.rs/axum',
    packages: { cargo: ['axum'] },
  },
  {
    slug: 'actix-web',
    name: 'Actix Web',
    kind: 'framework',
    homepage: 'https://actix.rs',
    packages: { cargo: ['actix-web'] },
  },
  {
    slug: 'tokio',
    name: 'Tokio',
    kind: 'framework',
    homepage: 'https://tokio.rs',
    packages: { cargo: ['tokio'] },
  },
  {
    slug: 'pytorch',
    name: 'PyTorch',
    kind: 'framework',
    homepage: 'https://pytorch.org',
    packages: { pypi: ['torch'] },
  },
];

const delivery: Correction[] = [
  {
    slug: 'docker',
    homepage: 'https://www.docker.com',
    packages: {
      file: ['docker', 'docker-compose'],
      'github-actions': ['docker/build-push-action', 'docker/setup-buildx-action'],
    },
  },
  { slug: 'kubernetes', homepage: 'https://kubernetes.io', packages: { file: ['kubernetes'] } },
  {
    slug: 'helm',
    name: 'Helm',
    kind: 'infrastructure',
    homepage: 'https://helm.sh',
    packages: { file: ['helm'] },
  },
  {
    slug: 'terraform',
    homepage: 'https://www.terraform.io',
    packages: { file: ['terraform'], runtime: ['terraform'] },
  },
  {
    slug: 'nginx',
    name: 'nginx',
    homepage: 'https://nginx.org',
    packages: { file: ['nginx'] },
    without: { docker: ['nginxproxy/nginx-proxy'] },
  },
  {
    slug: 'github-actions',
    name: 'GitHub Actions',
    homepage: 'https://docs.github.com/actions',
    packages: { file: ['github-actions'] },
  },
  {
    slug: 'gitlab-ci',
    name: 'GitLab CI',
    kind: 'ci',
    homepage: 'https://docs.gitlab.com/ci',
    packages: { file: ['gitlab-ci'] },
  },
  { slug: 'jenkins', homepage: 'https://www.jenkins.io', packages: { file: ['jenkins'] } },
  {
    slug: 'make',
    name: 'Make',
    kind: 'tool',
    homepage: 'https://www.gnu.org/software/make',
    packages: { file: ['make'] },
  },
  { slug: 'eslint', name: 'ESLint', homepage: 'https://eslint.org' },
  { slug: 'vite', homepage: 'https://vite.dev' },
  { slug: 'vitest', homepage: 'https://vitest.dev' },
  { slug: 'jest', homepage: 'https://jestjs.io', without: { npm: ['babel-jest'] } },
  { slug: 'npm', packages: { runtime: ['npm'] } },
  { slug: 'pnpm', homepage: 'https://pnpm.io', packages: { runtime: ['pnpm'] } },
  { slug: 'yarn', homepage: 'https://yarnpkg.com', packages: { runtime: ['yarn'] } },
  {
    slug: 'pytest',
    name: 'pytest',
    kind: 'tool',
    homepage: 'https://pytest.org',
    packages: { pypi: ['pytest'] },
  },
  {
    slug: 'ruff',
    name: 'Ruff',
    kind: 'tool',
    homepage: 'https://docs.astral.sh/ruff',
    packages: { pypi: ['ruff'] },
  },
  {
    slug: 'mypy',
    name: 'mypy',
    kind: 'tool',
    homepage: 'https://mypy-lang.org',
    packages: { pypi: ['mypy'] },
  },
];

/** What we know better than, or beyond, the imported rules. */
export const corrections: readonly Correction[] = [...languages, ...data, ...frameworks, ...delivery];
