import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, secretValues, settingFacts } from '#platform/config/index.ts';
import type { Platform } from '#platform/context/index.ts';
import { recentLines } from '#platform/telemetry/index.ts';
import { readOverview, readRequests, readTimeline } from '../watch/index.ts';
import { createScrubber, type Scrubber } from './scrub.ts';
import { selectMigrations } from './support-store.ts';

const HOUR_SECONDS = 3600;
const DAYS = 30;

/** Everything that a server can tell of itself to who helps with it; without a secret. */
export async function readDiagnosis(platform: Platform, { withLog }: { withLog: boolean }) {
  const { config, database, health, metrics, clock } = platform;
  const scrubber = await scrubberOf(config);
  const [overview, requests, timeline, migrations, rendered] = await Promise.all([
    readOverview(platform),
    readRequests(platform, HOUR_SECONDS),
    readTimeline(platform, DAYS),
    selectMigrations(database),
    metrics.render(),
  ]);
  return {
    ...scrubber.value({
      takenAt: clock.now().toISOString(),
      versions: {
        product: overview.version,
        release: overview.release,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        database: database.runtime,
      },
      configuration: settingFacts(config),
      health: health.report(),
      operations: overview,
      requests,
      timeline,
      migrations,
    }),
    metrics: scrubber.text(rendered.text),
    log: withLog ? recentLines().map(scrubber.text) : null,
  };
}

/** The embedded mode keeps secrets of its own making in files. */
const KEPT_IN_FILES = ['secret-key', 'owner-token', 'backup-identity'];

/** Takes out what is secret in this configuration. */
export async function scrubberOf(config: Config, more: readonly string[] = []): Promise<Scrubber> {
  const kept = await Promise.all(
    KEPT_IN_FILES.map((name) => readFile(join(config.dataDir, name), 'utf8').catch(() => '')),
  );
  return createScrubber([...secretValues(config), ...kept, ...more]);
}
