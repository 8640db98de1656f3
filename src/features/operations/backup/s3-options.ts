import type { Config } from '#platform/config/index.ts';

export interface S3Options {
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly bucket: string;
  /** Empty, or ending in a slash. */
  readonly prefix: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly lock: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days: number } | undefined;
}

/** What BACKUP_OFFSITE=s3://bucket/prefix and BACKUP_S3_* say. */
export function readS3Options(config: Config, address: string): S3Options {
  const [bucket = '', ...rest] = address.slice('s3://'.length).split('/');
  const prefix = rest.filter(Boolean).join('/');
  const { backupS3AccessKey: accessKeyId, backupS3SecretKey: secretAccessKey } = config;
  const pathStyle = config.backupS3PathStyle ?? (config.backupS3Endpoint === undefined ? 'off' : 'on');
  return {
    endpoint: config.backupS3Endpoint,
    region: config.backupS3Region,
    pathStyle: pathStyle === 'on',
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    // Without keys the client looks for a role of the machine, as every program for S3 does.
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    lock:
      config.backupS3Lock === 'off'
        ? undefined
        : {
            mode: config.backupS3Lock === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE',
            days: config.backupS3LockDays,
          },
  };
}
