import { appError } from '#platform/errors/index.ts';
import { NEXT_ENV_FILE, releaseProject, runMigrate } from './commands/compose.ts';
import type { Engine } from './engine.ts';
import { type Release, writeReleaseEnv } from './journal.ts';
import type { Site } from './site.ts';

export interface PlannedMigration {
  name: string;
  breaking: boolean;
}

/** What an image would do to the database, and what the database has that the image doesn't know. */
export interface ImagePlan {
  pending: PlannedMigration[];
  newer: PlannedMigration[];
}

const LIMIT_MS = 120_000;

/** Asks the image of a release, which changes nothing. Throws AppError `migration-plan-unknown`. */
export async function askPlan(engine: Engine, site: Site, release: Release): Promise<ImagePlan> {
  await writeReleaseEnv(site, release, NEXT_ENV_FILE);
  const argv = runMigrate(site, 'migrate', '--check', '--json');
  const { stdout, stderr } = await engine.ask(argv, { timeoutMs: LIMIT_MS, tries: 2 });
  try {
    return JSON.parse(stdout.slice(stdout.indexOf('{'))) as ImagePlan;
  } catch (cause) {
    const said = stderr.trim().split('\n').at(-1) ?? '';
    throw appError(
      'migration-plan-unknown',
      424,
      `What ${release.image} would migrate is not known: ${said}`,
      {
        remedy: 'PostgreSQL has to run, and the image has to be one of CommandCenter.',
        cause,
      },
    );
  }
}

/** Refuses what the release that serves can't live with while it is replaced. Throws AppError `migration-breaking`. */
export function requireCompatible(site: Site, plan: ImagePlan, serving: Release | null): void {
  const newer = plan.newer.find(({ breaking }) => breaking);
  if (newer) throw schemaNewer(newer.name);
  if (plan.newer[0] && plan.pending[0]) throw schemaForked(plan.newer[0].name, plan.pending[0].name);
  const breaking = plan.pending.find((migration) => migration.breaking);
  if (!breaking || !serving) return;
  throw appError(
    'migration-breaking',
    409,
    `${breaking.name} is breaking: ${serving.name}, which serves, can't work with the schema that it leaves.`,
    {
      remedy: `Choose a time for it, stop what serves with \`docker compose -p ${releaseProject(site, serving.colour)} stop\`, and deploy again: then it is allowed.`,
    },
  );
}

/** Refuses to go back behind a breaking migration. Throws AppError `rollback-impossible`. */
export function requireReachable(plan: ImagePlan, kept: Release): void {
  const wall = plan.newer.find(({ breaking }) => breaking);
  if (wall) {
    throw appError(
      'rollback-impossible',
      409,
      `${kept.name} can't work with the schema any more: ${wall.name}, which is breaking, was applied after it.`,
      {
        remedy: 'Deploy a release that mends what is wrong, or restore a backup from before that migration.',
      },
    );
  }
  if (plan.pending[0]) {
    throw appError(
      'rollback-impossible',
      409,
      `The database lacks ${plan.pending[0].name} of ${kept.name}.`,
      {
        remedy: 'It was restored from an older backup: deploy the release again, which migrates it.',
      },
    );
  }
}

function schemaNewer(name: string): Error {
  return appError('schema-newer', 409, `The database has ${name}, which the new image can't work with.`, {
    remedy: 'Deploy the version that made it, or a newer one.',
  });
}

/** An image that lacks what was applied may be one of another branch: what it would add can't be put in order. */
function schemaForked(applied: string, pending: string): Error {
  return appError(
    'schema-forked',
    409,
    `The database has ${applied}, and the new image has ${pending} instead.`,
    {
      remedy: 'Deploy an image that has both.',
    },
  );
}
