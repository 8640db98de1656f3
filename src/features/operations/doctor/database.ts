import type { Failure, Read, SchemaFacts, ServerFacts } from './database-store.ts';
import { readDatabase } from './database-store.ts';
import { type Evidence, type Finding, findingsOf, ok } from './finding.ts';
import { reachableUrl } from './reachable-url.ts';
import type { Situation } from './situation.ts';

const { problem, warning } = findingsOf('database');
const OLDEST = 150_000;
const CLOCK_WARNING_MS = 5000;
const CLOCK_PROBLEM_MS = 30_000;

export interface DatabaseTarget {
  /** `host:port/name`, without user and password. */
  address: string;
  user: string;
  name: string;
}

/** How many connections all processes together may open. */
export interface PoolFacts {
  poolSize: number;
  processes: number;
}

/** Why no connection could be made. */
export function checkDatabaseFailure({ code, message }: Failure, target: DatabaseTarget): Finding[] {
  const { address, user, name } = target;
  const details = { target: address, evidence: { address, code } };
  switch (code) {
    case '28P01':
      return [
        problem(
          'database-password-wrong',
          `PostgreSQL at ${address} refuses the password of ${user}.`,
          `Correct it where the product reads it, or set it anew: \`alter role "${user}" password '…'\`.`,
          details,
        ),
      ];
    case '28000':
      return [
        problem(
          'database-login-refused',
          `PostgreSQL at ${address} lets ${user} not in: ${message}.`,
          'Make the login, or let it in from this address in pg_hba.conf.',
          details,
        ),
      ];
    case '3D000':
      return [
        problem(
          'database-missing',
          `PostgreSQL at ${address} has no database ${name}.`,
          `\`create database "${name}" owner "${user}" encoding 'UTF8'\``,
          details,
        ),
      ];
    default:
      return [
        problem(
          'database-unreachable',
          `PostgreSQL at ${address} can't be reached (${code ?? message}).`,
          'Start it, or correct DATABASE_URL.',
          details,
        ),
      ];
  }
}

/** A server that answers: old, small, read-only, without rights, behind. */
export function checkDatabase(read: Read, target: DatabaseTarget, pool: PoolFacts): Finding[] {
  const { server, schema, sync } = read;
  const { version, versionNumber, encoding } = server;
  const details = { target: target.address, evidence: { address: target.address, version } };
  const found = [...checkServer(server, target, details), ...checkPool(server, pool), ...checkClock(server)];
  if (versionNumber >= OLDEST) found.push(...checkSchema(schema));
  if (sync && sync.overdue > 0) {
    const hours = Math.round(sync.oldestSeconds / 360) / 10;
    found.push(
      warning(
        'mirrors-stale',
        `${sync.overdue} repositories were not synchronised for more than twice their interval; the longest for ${hours} hours.`,
        'See that a worker runs and what the repositories page says: the remote may be away or its token expired.',
        { evidence: { overdue: sync.overdue, oldestSeconds: Math.round(sync.oldestSeconds) } },
      ),
    );
  }
  if (found.length > 0) return found;
  return [
    ok(
      'database',
      `PostgreSQL ${version} at ${target.address}, ${encoding}, nothing pending.`,
      details.evidence,
    ),
  ];
}

function checkServer(
  { version, versionNumber, encoding, readOnly, mayMakeRoles }: ServerFacts,
  { address, name, user }: DatabaseTarget,
  details: { target: string; evidence: Evidence },
): Finding[] {
  const found: Finding[] = [];
  if (versionNumber < OLDEST) {
    found.push(
      problem(
        'database-too-old',
        `PostgreSQL ${version} at ${address} is too old.`,
        'Use PostgreSQL 15 or newer.',
        details,
      ),
    );
  }
  if (encoding !== 'UTF8') {
    found.push(
      problem(
        'database-encoding',
        `The database ${name} stores ${encoding}, which can't hold every text.`,
        `Make it anew: \`create database "${name}" template template0 encoding 'UTF8'\`.`,
        details,
      ),
    );
  }
  if (readOnly) {
    found.push(
      problem(
        'database-read-only',
        `PostgreSQL at ${address} takes no changes: it is a standby or was made read-only.`,
        'Point DATABASE_URL at the primary.',
        details,
      ),
    );
  }
  if (!mayMakeRoles) {
    found.push(
      problem(
        'database-createrole-missing',
        `${user} may not make the roles that the product works under.`,
        `As a superuser: \`alter role "${user}" createrole\`.`,
        details,
      ),
    );
  }
  return found;
}

function checkPool({ connections }: ServerFacts, { poolSize, processes }: PoolFacts): Finding[] {
  const wanted = poolSize * processes;
  if (wanted <= connections) return [];
  const make = poolSize > connections ? problem : warning;
  return [
    make(
      'database-connections',
      `${processes} processes with DATABASE_POOL_SIZE=${poolSize} may open ${wanted} connections, but PostgreSQL lets in ${connections}.`,
      `Set DATABASE_POOL_SIZE to ${Math.max(2, Math.floor(connections / processes))} or less, or raise max_connections.`,
      { evidence: { poolSize, processes, connections } },
    ),
  ];
}

function checkClock({ aheadMs }: ServerFacts): Finding[] {
  if (Math.abs(aheadMs) < CLOCK_WARNING_MS) return [];
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const make = Math.abs(aheadMs) < CLOCK_PROBLEM_MS ? warning : problem;
  return [
    make(
      'clock-differs',
      `This machine's clock is ${seconds} seconds ${aheadMs > 0 ? 'behind' : 'ahead of'} that of the database.`,
      'Let both be kept by NTP: `timedatectl set-ntp true`.',
      { evidence: { aheadMs: Math.round(aheadMs) } },
    ),
  ];
}

function checkSchema(schema: SchemaFacts): Finding[] {
  if (schema === null) return [];
  if ('changed' in schema) {
    return [
      problem(
        'migration-changed',
        schema.changed,
        'An applied migration is never edited: install the version that ships it as it was.',
      ),
    ];
  }
  const { pending, newer } = schema.plan;
  const found: Finding[] = [];
  if (pending[0] !== undefined) {
    found.push(
      problem(
        'migrations-pending',
        `${pending.length} migrations are pending, the first is ${pending[0]}.`,
        'Run `commandcenter migrate` once.',
        { evidence: { pending: pending.length, first: pending[0] } },
      ),
    );
  }
  if (newer[0]) {
    const make = newer.some(({ breaking }) => breaking) ? problem : warning;
    found.push(
      make(
        'schema-newer',
        `A newer version has migrated the database: ${newer[0].name} is not known here.`,
        'Start the version that made it, or a newer one.',
        { evidence: { newer: newer.length, first: newer[0].name } },
      ),
    );
  }
  return found;
}

/** The PostgreSQL of the configuration; that of containers by the address of its container. */
export async function lookAtDatabase(situation: Situation): Promise<Finding[]> {
  const { config, probes } = situation;
  if (config.databaseUrl === undefined || !URL.canParse(config.databaseUrl)) return [];
  const { hostname, port, pathname, username } = new URL(config.databaseUrl);
  const name = decodeURIComponent(pathname.slice(1));
  const target = {
    address: `${hostname}:${port || '5432'}/${name}`,
    user: decodeURIComponent(username),
    name,
  };
  const reachable = await reachableUrl(situation, config.databaseUrl);
  if ('state' in reachable) {
    if (reachable.state === 'not-started') return [ok('database', 'It is not started yet.')];
    const sentence = `The container of ${hostname} does not run, so it can't be looked at.`;
    return [
      problem('database-not-running', sentence, 'Start it: `docker compose up -d postgres`.', {
        target: target.address,
      }),
    ];
  }
  const read = await readDatabase(reachable.url, config, () => probes.now());
  if ('message' in read) return checkDatabaseFailure(read, target);
  return checkDatabase(read, target, {
    poolSize: config.databasePoolSize,
    processes: countProcesses(situation),
  });
}

/**
 * The processes that open a pool: a server and a worker where nothing says how many there are. While a deploy is
 * under way, both releases do.
 */
function countProcesses({ folder }: Situation): number {
  const { api, worker } = folder?.compose.services ?? {};
  return folder ? 2 * ((api?.replicas ?? 1) + (worker?.replicas ?? 1)) : 2;
}
