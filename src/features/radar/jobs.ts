import { defineJob } from '#platform/jobs/index.ts';
import { reviewDetections } from './review-detections.ts';

/** After each scan: what was found becomes visible on the radar. */
export const reviewDetectionsJob = defineJob({
  kind: 'radar.reviewDetections',
  on: 'evidence.scanned',
  retryLimit: 3,
  timeoutSeconds: 300,
  // It looks at everything at once, so one that waits stands for all scans up to its start.
  singleton: 'queued',
  singletonKey: () => 'all',
  subject: (input: { repositoryId: string; scanId: string; commit: string }) => ({
    kind: 'repository',
    id: input.repositoryId,
  }),
  run: (context, _input, job) => reviewDetections(context, job),
});

export const radarJobs = [reviewDetectionsJob];
