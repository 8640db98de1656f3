import { defineJob } from '#platform/jobs/index.ts';
import { scanRepository } from './scan-repository.ts';
import { walkHistory } from './walk-history.ts';

const ofRepository = (input: { repositoryId: string }) => ({ kind: 'repository', id: input.repositoryId });

export const scanJob = defineJob({
  kind: 'evidence.scan',
  on: 'repositories.synced',
  retryLimit: 2,
  timeoutSeconds: 1800,
  singletonKey: (input: { repositoryId: string }) => input.repositoryId,
  // A scan that already runs may have read the commit before this one.
  singleton: 'queued',
  subject: ofRepository,
  run: scanRepository,
});

export const historyJob = defineJob({
  kind: 'evidence.walkHistory',
  on: 'evidence.scanned',
  retryLimit: 2,
  timeoutSeconds: 4 * 3600,
  singletonKey: (input: { repositoryId: string }) => input.repositoryId,
  singleton: 'queued',
  subject: ofRepository,
  run: walkHistory,
});
