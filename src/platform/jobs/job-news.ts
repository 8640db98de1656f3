import type { Context } from '#platform/context/index.ts';

const channel = (id: string): string => `jobs.${id}`;

/** Tells whoever follows the job, at any process, that it has changed. */
export function announceJob({ platform }: Pick<Context, 'platform'>, id: string): void {
  platform.events.publish(channel(id), {});
}

/** Calls `changed` when the job has changed; returns what ends that. */
export function followJob(
  { platform }: Pick<Context, 'platform'>,
  id: string,
  changed: () => void,
): () => void {
  return platform.events.subscribe(channel(id), changed);
}
