import { createHash, randomBytes } from 'node:crypto';
import { newSecretKey } from '#platform/secrets/index.ts';

/** Who reads files in which container: the numeric users of the images. */
export const imageUsers = {
  commandcenter: 10001,
  postgres: 999,
  redis: 999,
  nginx: 101,
  postgresExporter: 10002,
  redisExporter: 59000,
  grafana: 472,
} as const;

/** One file in `secrets/` of a production folder. */
export interface SecretFile {
  name: string;
  /** The user id of the process that reads it. */
  readBy: number;
  /** Its content, without a newline at its end; `other` reads one that stands before it in the list. */
  make(other: (name: string) => Promise<string>): string | Promise<string>;
}

const PASSWORD_BYTES = 32;
const REDIS = 'redis://redis:6379';
const FIGURES = '+ping +info +config|get +slowlog +latency +client|list +client|setname +dbsize';

/** Letters, digits, `-` and `_`: safe in a URL, a shell and a configuration file. */
const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url');

/** For age; loaded with the work, because few commands need it. */
async function newBackupIdentity(): Promise<string> {
  const { generateX25519Identity } = await import('age-encryption');
  return generateX25519Identity();
}

/** Every secret of an installation; what is made from another one stands after it. */
export const secretFiles: readonly SecretFile[] = [
  { name: 'postgres_password', readBy: imageUsers.postgres, make: newPassword },
  { name: 'database_password', readBy: imageUsers.commandcenter, make: newPassword },
  {
    // The same password for the other side: a file has one owner.
    name: 'postgres_application_password',
    readBy: imageUsers.postgres,
    make: (other) => other('database_password'),
  },
  { name: 'secret_key', readBy: imageUsers.commandcenter, make: newSecretKey },
  { name: 'redis_password', readBy: imageUsers.commandcenter, make: newPassword },
  {
    // As its exporter wants to read it (docker-compose.monitoring.yml).
    name: 'redis_exporter.json',
    readBy: imageUsers.redisExporter,
    make: () => JSON.stringify({ [REDIS]: newPassword() }),
  },
  {
    name: 'redis_users.acl',
    readBy: imageUsers.redis,
    // An installation from before there was an exporter has no password for it.
    make: async (other) =>
      redisUsers(await other('redis_password'), await other('redis_exporter.json').catch(() => undefined)),
  },
  { name: 'monitoring_role_password', readBy: imageUsers.postgres, make: newPassword },
  {
    name: 'monitoring_exporter_password',
    readBy: imageUsers.postgresExporter,
    make: (other) => other('monitoring_role_password'),
  },
  { name: 'grafana_admin_password', readBy: imageUsers.grafana, make: newPassword },
  { name: 'metrics_token', readBy: imageUsers.commandcenter, make: newPassword },
  // Opens the backups: without it nobody can.
  { name: 'backup_identity', readBy: imageUsers.commandcenter, make: newBackupIdentity },
  // Of the archive's repository (docker-compose.backup.yml): without it no point in time can be come back to.
  { name: 'backup_repository_password', readBy: imageUsers.postgres, make: newPassword },
];

/**
 * The users of Redis: the product's own, which may do everything but administer the server, one without a password
 * that may only ask whether it lives, and one that may read figures and no keys, if there is an exporter.
 */
export function redisUsers(password: string, exporter?: string): string {
  const users = [
    `user default on #${hashOf(password)} ~* &* +@all -@admin -@dangerous +info`,
    'user health on nopass resetkeys resetchannels -@all +ping',
  ];
  if (exporter !== undefined) {
    const { [REDIS]: own = '' } = JSON.parse(exporter) as Record<string, string>;
    users.push(`user monitoring on #${hashOf(own)} resetkeys resetchannels -@all ${FIGURES}`);
  }
  return `${users.join('\n')}\n`;
}

const hashOf = (password: string): string => createHash('sha256').update(password).digest('hex');
