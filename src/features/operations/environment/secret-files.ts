import { createHash, randomBytes } from 'node:crypto';
import { newSecretKey } from '#platform/secrets/index.ts';

/** Who reads files in which container: the numeric users of the images. */
export const imageUsers = { commandcenter: 10001, postgres: 999, redis: 999, nginx: 101 } as const;

/** One file in `secrets/` of a production folder. */
export interface SecretFile {
  name: string;
  /** The user id of the process that reads it. */
  readBy: number;
  /** Its content, without a newline at its end; `other` reads one that stands before it in the list. */
  make(other: (name: string) => Promise<string>): string | Promise<string>;
}

const PASSWORD_BYTES = 32;

/** Letters, digits, `-` and `_`: safe in a URL, a shell and a configuration file. */
const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url');

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
    name: 'redis_users.acl',
    readBy: imageUsers.redis,
    make: async (other) => redisUsers(await other('redis_password')),
  },
  { name: 'metrics_token', readBy: imageUsers.commandcenter, make: newPassword },
  // Of the archive's repository (docker-compose.backup.yml): without it no point in time can be come back to.
  { name: 'backup_repository_password', readBy: imageUsers.postgres, make: newPassword },
];

/**
 * The users of Redis: the product's own, which may do everything but administer the server, and one without a
 * password that may only ask whether it lives.
 */
export function redisUsers(password: string): string {
  const hash = createHash('sha256').update(password).digest('hex');
  return `user default on #${hash} ~* &* +@all -@admin -@dangerous +info\nuser health on nopass resetkeys resetchannels -@all +ping\n`;
}
