export { defineJob, type JobDefinition, type JobHandle } from './definition.ts';
export { queueGauges, readJobsByKind } from './gauges.ts';
export { followJob } from './job-news.ts';
export { readQueueState } from './presence.ts';
export { createJobs, installQueue } from './queue.ts';
export { readRunning, readUnfinished } from './read-jobs.ts';
export { type Job, jobSchema, jobState } from './schema.ts';
export {
  cancelJob,
  countJobs,
  countUnfinishedJobs,
  dropJob,
  emitEvent,
  getJob,
  installationContext,
  listJobs,
  retryJob,
  startJob,
} from './service.ts';
export type { JobProblem, JobProgress, JobState } from './tables.ts';
