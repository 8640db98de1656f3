import { buildTemplate } from '../app/index.ts';

/** Vitest's global setup: one prepared database for all tests, which each copies. */
export async function setup(): Promise<void> {
  await buildTemplate();
}
