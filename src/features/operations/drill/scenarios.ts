import { join } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { identitiesOf, type OpenSet, openSet } from '../backup/index.ts';
import { makeKit } from '../kit/make-kit.ts';
import { type Changed, type Contents, compareContents, readContents, readContentsOfSet } from './contents.ts';
import { damageDatabase } from './damage.ts';
import { type MarkedChange, type MarkedChanges, makeMarkedChanges } from './marked-changes.ts';
import { openKit } from './open-kit.ts';
import { emptyScenario, judge, type ScenarioReport } from './report.ts';
import { createInstallation, type DrillPlace, type ScratchInstallation } from './scratch-installation.ts';
import { createStopwatch, type Stopwatch } from './stopwatch.ts';
import { afterLossOfHost, type Survivors } from './survivors.ts';

/** What the scenarios of one drill share. */
export interface Drill {
  /** Tells its marked changes from those of others. */
  run: string;
  place: DrillPlace;
  input: { config: Parameters<typeof makeKit>[0]['config']; version: string };
  changed: Changed;
  /** The newest set of the installation, from which the first installation of the drill was made. */
  set: OpenSet;
  survivors: Survivors;
  report(step: string): void;
}

/** How a scenario ended, and the installation that lives now: the next one strikes it. */
export interface Played {
  scenario: ScenarioReport;
  alive: ScratchInstallation;
}

const ENOUGH = 5;

interface Life {
  expected: Contents;
  /** The last change before the backup. */
  last: MarkedChange | undefined;
  /** Those after it, which go on until the disaster. */
  later: MarkedChanges;
}

/** Changes, then a backup while nobody writes, with all that is there read before it; then changes again. */
async function live(
  drill: Drill,
  installation: ScratchInstallation,
  prepare: () => Promise<void> = async () => {},
): Promise<Life> {
  drill.report('changes before the backup');
  const earlier = makeMarkedChanges(installation, drill.run);
  await earlier.atLeast(ENOUGH);
  await earlier.stop();
  await installation.stop();
  drill.report('what is there');
  const expected = await readContents(installation, drill.run, drill.changed);
  drill.report('backup');
  await installation.run('backup', 'create', '--json');
  await prepare();
  await installation.start();
  drill.report('changes until the disaster');
  const later = makeMarkedChanges(installation, drill.run);
  await later.atLeast(ENOUGH);
  return { expected, last: earlier.acknowledged.at(-1), later };
}

/** Restores the newest set, compares everything, and starts; resolves with the first good answer. */
async function comeBack(
  { run, changed }: Drill,
  installation: ScratchInstallation,
  watch: Stopwatch,
  expected: () => Promise<Contents>,
) {
  await watch.step('restore', () => installation.run('restore', '--latest', '--yes', '--json'));
  const compared = await watch.step(
    'compare',
    async () => {
      const wanted = await expected();
      const found = await readContents(installation, run, changed);
      const backedUp = new Set(wanted.marks);
      const others = found.marks.filter((mark) => !backedUp.has(mark)).length;
      if (others > 0) throw unexpected(others);
      return { wanted, found, tables: compareContents(wanted, found) };
    },
    { counted: false },
  );
  await watch.step('start', () => installation.start());
  await watch.step('answer', () => goodAnswer(installation, compared.found.marks));
  return { ...compared, rtoSeconds: watch.elapsed() };
}

/** The answer has to name what was changed last before the backup. */
async function goodAnswer(installation: ScratchInstallation, marks: readonly string[]): Promise<void> {
  const { status, body } = await installation.ask('GET', '/projects');
  const { items } = (body ?? {}) as { items?: { slug: string }[] };
  const slugs = new Set(items?.map(({ slug }) => slug));
  if (status === 200 && marks.every((mark) => slugs.has(mark))) return;
  throw appError('drill-step-failed', 409, `The restored product did not answer as before (${status}).`);
}

/** Its database is damaged under it; the backups of the same host bring it back. */
export async function playCorruptedDatabase(
  drill: Drill,
  installation: ScratchInstallation,
): Promise<Played> {
  const { later, expected, last } = await live(drill, installation);
  const watch = createStopwatch((step) => drill.report(step));
  const { done, noticed } = await watch.step('notice', () =>
    damageDatabase(installation, later, () => watch.strike()),
  );
  const back = await comeBack(drill, installation, watch, async () => expected);
  const scenario = judge({
    ...emptyScenario('corrupted-database'),
    disaster: `The database was ${done}.`,
    noticed,
    source: 'the newest set in BACKUP_DIR',
    rtoSeconds: back.rtoSeconds,
    rpoSeconds: ageAt(watch, drill.set.takenAt),
    steps: watch.steps,
    changes: changesOf(back, later, last?.at),
    tables: back.tables,
  });
  return { scenario, alive: installation };
}

/** Host, data, keys and sets are gone; the kit and a copy elsewhere bring it back in an empty place. */
export async function playLostHost(drill: Drill, installation: ScratchInstallation): Promise<Played> {
  const covered = afterLossOfHost(drill.survivors, drill.set);
  if ('problem' in covered) return notCovered('lost-host', covered, installation);
  const file = join(drill.place.folder, 'host.kit.age');
  let passphrase = '';
  const { later, expected, last } = await live(drill, installation, async () => {
    drill.report('copy elsewhere');
    await installation.run('backup', 'verify', '--json');
    await installation.run('backup', 'copy', '--json');
    const kit = JSON.parse(await installation.run('kit', file, '--json')) as { passphrase: string };
    passphrase = kit.passphrase;
  });
  const watch = createStopwatch((step) => drill.report(step));
  const host = await strikeAndSettle(drill, watch, { installation, later, file, passphrase, name: 'host' });
  await watch.step('fetch', () => host.run('backup', 'fetch', '--json'));
  const back = await comeBack(drill, host, watch, async () => expected);
  const scenario = judge({
    ...emptyScenario('lost-host'),
    disaster: 'The server was killed; its data directory, keys, sets and database were removed.',
    source: 'the recovery kit and a copy of the set elsewhere, in an empty place',
    rtoSeconds: back.rtoSeconds,
    rpoSeconds: ageAt(watch, covered.takenAt),
    steps: watch.steps,
    changes: changesOf(back, later, last?.at),
    tables: back.tables,
  });
  return { scenario, alive: host };
}

/** All is gone but the installation's own copies elsewhere and its own kit. */
export async function playLostSite(drill: Drill, installation: ScratchInstallation): Promise<Played> {
  const { copy, problem, named } = drill.survivors;
  if (!copy) {
    const why = problem ?? 'BACKUP_OFFSITE names no place for copies: all is lost with the site.';
    return notCovered('lost-site', { problem: why, named }, installation);
  }
  const file = join(drill.place.folder, 'site.kit.age');
  const { config, version } = drill.input;
  const kit = await makeKit({ config, version, at: new Date(), target: file, recipients: [] });
  const later = makeMarkedChanges(installation, drill.run);
  await later.atLeast(ENOUGH);
  const watch = createStopwatch((step) => drill.report(step));
  const passphrase = kit.passphrase ?? '';
  const site = await strikeAndSettle(drill, watch, { installation, later, file, passphrase, name: 'site' });
  const fetched = await watch.step('fetch', () => site.run('backup', 'fetch', '--json'));
  const { set: name } = JSON.parse(fetched) as { set: string };
  const back = await comeBack(drill, site, watch, async () => {
    const folder = join(site.config.backupDir ?? '', name);
    return readContentsOfSet(await openSet(folder, identitiesOf(site.config)), drill.changed);
  });
  const scenario = judge({
    ...emptyScenario('lost-site'),
    disaster: 'Server, data, keys, sets and database were removed; only what is elsewhere was left.',
    source: `the recovery kit and the copy ${name} in ${copy.place}`,
    rtoSeconds: back.rtoSeconds,
    rpoSeconds: ageAt(watch, copy.takenAt),
    steps: watch.steps,
    changes: changesOf(back, later, new Date(copy.takenAt).getTime()),
    tables: back.tables,
  });
  return { scenario, alive: site };
}

interface Strike {
  installation: ScratchInstallation;
  later: MarkedChanges;
  file: string;
  passphrase: string;
  name: string;
}

/** Destroys an installation, and opens its kit in an empty place. */
async function strikeAndSettle(drill: Drill, watch: Stopwatch, strike: Strike): Promise<ScratchInstallation> {
  const { installation, later, file, passphrase, name } = strike;
  await watch.step(
    'disaster',
    async () => {
      await installation.kill();
      await later.stop();
      await installation.destroy();
    },
    { counted: false },
  );
  watch.strike();
  return watch.step('open the kit', async () => {
    const { identity, settings } = await openKit(file, passphrase);
    return createInstallation(drill.place, name, { identity, settings });
  });
}

function changesOf(
  { wanted, found }: { wanted: Contents; found: Contents },
  later: MarkedChanges,
  lastBackAt: number | undefined,
): ScenarioReport['changes'] {
  const lastAt = later.acknowledged.at(-1)?.at ?? 0;
  return {
    backedUp: wanted.marks.length,
    cameBack: found.marks.length,
    lost: later.acknowledged.length,
    lostSeconds: (lastAt - (lastBackAt ?? lastAt)) / 1000,
  };
}

const ageAt = (watch: Stopwatch, takenAt: string): number =>
  (watch.struckAt() - new Date(takenAt).getTime()) / 1000;

function notCovered(
  name: ScenarioReport['name'],
  { problem, named }: { problem: string; named: boolean },
  alive: ScratchInstallation,
): Played {
  // A place that is named and holds nothing is a failure; that none is named is a decision.
  return { scenario: { ...emptyScenario(name), outcome: named ? 'failed' : 'not-covered', problem }, alive };
}

function unexpected(amount: number): Error {
  return appError('drill-step-failed', 409, `${amount} changes came back that were made after the backup.`);
}
