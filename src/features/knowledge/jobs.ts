import { defineJob } from '#platform/jobs/index.ts';
import { FETCH_URL, fetchUrl } from './fetch-url.ts';
import { ingestRepository } from './ingest-repository.ts';
import { INGEST_REPOSITORY } from './service.ts';
import { INGEST_UPLOAD, ingestUpload } from './upload.ts';

export { updateIndexJob } from './indexing/jobs.ts';

export const ingestRepositoryJob = defineJob({
  ...INGEST_REPOSITORY,
  on: 'repositories.synced',
  retryLimit: 3,
  timeoutSeconds: 4 * 3600,
  singletonKey: (input: { repositoryId: string }) => input.repositoryId,
  // One that runs may have read the commit before this one.
  singleton: 'queued',
  subject: ({ repositoryId }) => ({ kind: 'repository', id: repositoryId }),
  run: ingestRepository,
});

export const ingestUploadJob = defineJob({
  ...INGEST_UPLOAD,
  retryLimit: 3,
  timeoutSeconds: 4 * 3600,
  subject: (input: { documentIds: string[] }) => ({ kind: 'document', id: input.documentIds[0] ?? '' }),
  run: ingestUpload,
});

export const fetchUrlJob = defineJob({
  ...FETCH_URL,
  retryLimit: 2,
  timeoutSeconds: 300,
  concurrency: 2,
  singletonKey: (input: { documentId: string }) => input.documentId,
  subject: ({ documentId }) => ({ kind: 'document', id: documentId }),
  run: fetchUrl,
});
