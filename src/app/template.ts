import { fileURLToPath } from 'node:url';
import { createTemplate } from '#platform/database/index.ts';
import { installQueue } from '#platform/jobs/index.ts';

/** Where the build keeps prepared databases: dist/postgres-template, seen from the source or from the build. */
export const templateFolder: string = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/postgres-template' : '../postgres-template',
    import.meta.url,
  ),
);

/** Prepares the database that a first start copies; does nothing if it is there already. */
export async function buildTemplate(): Promise<void> {
  await createTemplate(templateFolder, installQueue);
}
