import { installQueue } from '#platform/jobs/index.ts';
import { featureJobs } from './features.ts';
import { ENCRYPTED_COLUMNS } from './rotate-secrets.ts';
import { version } from './version.ts';

/** What a restore has to know of the product beside the set. */
export const restorableProduct = {
  version,
  encryptedColumns: ENCRYPTED_COLUMNS,
  prepareQueue: (database: Parameters<typeof installQueue>[0]): Promise<void> =>
    installQueue(database, featureJobs),
};
