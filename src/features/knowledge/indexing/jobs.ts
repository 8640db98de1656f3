import { defineJob } from '#platform/jobs/index.ts';
import { updateIndex } from './update-index.ts';

/**
 * Indexes what has changed. Also runs by itself now and then: a deleted or damaged index is built again,
 * and what a crash left behind is finished, without anyone asking.
 */
export const updateIndexJob = defineJob({
  kind: 'knowledge.updateIndex',
  on: 'knowledge.documentsChanged',
  schedule: '*/15 * * * *',
  retryLimit: 5,
  timeoutSeconds: 7_200,
  singletonKey: () => 'index',
  // One that runs may have passed the document that has just changed.
  singleton: 'queued',
  run: (context, _input, job) => updateIndex(context, (progress) => job.progress(progress)),
});
