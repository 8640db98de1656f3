import { parseCron } from '#platform/clock/index.ts';
import { integer, oneOf, type Setting, secret, text } from './settings.ts';

const keep = (name: string, fallback: number, least: number, description: string) =>
  integer(name, fallback, [least, 1000], description);

/** A cron expression in UTC, or null for never. */
function schedule(name: string, fallback: string, description: string): Setting<string | null> {
  return {
    name,
    description,
    defaultText: fallback,
    parse(value = fallback) {
      if (value === 'off') return null;
      if (!parseCron(value))
        throw new Error(`be a cron expression such as "${fallback}" or off, not "${value}"`);
      return value;
    },
  };
}

/** A folder, or a bucket. */
function place(name: string, description: string): Setting<string | undefined> {
  return {
    name,
    description,
    defaultText: 'none',
    parse(value) {
      if (value === undefined || value.startsWith('/') || /^s3:\/\/[^/\s]+(\/\S*)?$/.test(value))
        return value;
      throw new Error(`be s3://bucket/prefix or the full path of a folder, not "${value}"`);
    },
  };
}

/** When sets are made, how long they are kept, and where their copies go. */
export const backupOperation = {
  backupSchedule: schedule(
    'BACKUP_SCHEDULE',
    '0 2 * * *',
    'When a set is made: a cron expression in UTC, or `off`. One that was missed is made up for.',
  ),
  backupBeforeUpgrade: oneOf(
    'BACKUP_BEFORE_UPGRADE',
    ['on', 'off'],
    'on',
    'Whether a set is made before migrations change a database that is not new.',
  ),
  backupKeepDaily: keep('BACKUP_KEEP_DAILY', 7, 0, 'Of how many days the newest set is kept.'),
  backupKeepWeekly: keep('BACKUP_KEEP_WEEKLY', 4, 0, 'Of how many weeks the newest set is kept.'),
  backupKeepMonthly: keep('BACKUP_KEEP_MONTHLY', 12, 0, 'Of how many months the newest set is kept.'),
  backupKeepVerified: keep(
    'BACKUP_KEEP_VERIFIED',
    3,
    1,
    'How many verified sets are kept whatever else is said.',
  ),
  backupOffSite: place(
    'BACKUP_OFFSITE',
    'Where each set is copied to: `s3://bucket/prefix`, or the path of a folder that is mounted from elsewhere.',
  ),
  backupOffSiteCheckDays: integer(
    'BACKUP_OFFSITE_CHECK_DAYS',
    7,
    [1, 365],
    'After how many days the newest copy elsewhere is fetched and compared.',
  ),
  backupOffSiteTimeoutSeconds: integer(
    'BACKUP_OFFSITE_TIMEOUT_SECONDS',
    60,
    [1, 3600],
    'How long the other side may be silent before a transfer is given up and tried again.',
  ),
  backupS3Endpoint: text(
    'BACKUP_S3_ENDPOINT',
    undefined,
    'Address of an S3-compatible store, such as https://s3.example.com. That of AWS for the region if not given.',
  ),
  backupS3Region: text('BACKUP_S3_REGION', 'us-east-1', 'Region of the bucket.'),
  backupS3PathStyle: oneOf(
    'BACKUP_S3_PATH_STYLE',
    ['on', 'off'],
    undefined,
    'Whether the bucket stands in the path instead of the host name; on with BACKUP_S3_ENDPOINT, else off.',
  ),
  backupS3AccessKey: secret('BACKUP_S3_ACCESS_KEY', 'Access key of the store.'),
  backupS3SecretKey: secret('BACKUP_S3_SECRET_KEY', 'Secret key of the store.'),
  backupS3Lock: oneOf(
    'BACKUP_S3_LOCK',
    ['off', 'governance', 'compliance'],
    'off',
    'Object lock that each copy gets, so that nobody can change or delete it before its time. The bucket has to be made with it.',
  ),
  backupS3LockDays: integer('BACKUP_S3_LOCK_DAYS', 30, [1, 3650], 'For how many days each copy is locked.'),
  drillOverdueDays: integer(
    'DRILL_OVERDUE_DAYS',
    92,
    [1, 3650],
    'After how many days without a drill one is overdue.',
  ),
};
