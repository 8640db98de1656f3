import { AppError, appError, safeMessage } from '#platform/errors/index.ts';
import { removeRelease, stopEdge, stopRelease } from './commands/compose.ts';
import { edgeContainer, switchEdge, waitUntilDrained, writeRoute } from './edge.ts';
import {
  type HistoryEntry,
  type Operation,
  type Release,
  STEPS,
  type State,
  type Step,
  writeReleaseEnv,
  writeState,
} from './journal.ts';
import { isServing, stepActions, type Work, webRuns } from './steps.ts';

/** What is told while it goes on. */
export interface Progress {
  step(step: Step | 'undo'): void;
  say(sentence: string): void;
}

export interface OperationResult {
  kind: Operation['kind'];
  release: Release;
  before: Release | null;
  /** How long each step took. */
  seconds: Partial<Record<Step, number>>;
}

// What a release that has run already doesn't need.
const NOT_IN_ROLLBACK: readonly Step[] = ['data', 'migrate', 'clear'];
/** From here on the new release serves, and there is only a way forward. */
const AFTER_SWITCH: readonly Step[] = ['drain', 'stop', 'record'];
/** Traffic may have been led to the new release. */
const SWITCHING: readonly Step[] = ['switch', 'verify'];

export function stepsOf(kind: Operation['kind'], from?: Step): Step[] {
  const steps = STEPS.filter((step) => kind === 'deploy' || !NOT_IN_ROLLBACK.includes(step));
  return from ? steps.slice(steps.indexOf(from)) : steps;
}

/**
 * Does what is left of an operation. Each step is written down before it is done, so that a process that comes after
 * a crash knows where to go on. A failure before the new release serves takes everything back.
 */
export async function operate(work: Work, progress: Progress): Promise<OperationResult> {
  const { state, operation } = work;
  if (operation.problem !== undefined) {
    await takeBack(work, progress);
    throw undone(operation, operation.problem);
  }
  const before = state.current;
  const seconds: OperationResult['seconds'] = {};
  for (const step of stepsOf(operation.kind, operation.step)) {
    operation.step = step;
    await writeState(work.site, state);
    progress.step(step);
    const begin = performance.now();
    try {
      await stepActions[step](work);
    } catch (error) {
      throw await afterFailure(work, progress, error);
    }
    seconds[step] = Math.round((performance.now() - begin) / 100) / 10;
  }
  finish(state, operation);
  await writeState(work.site, state);
  return { kind: operation.kind, release: operation.release, before, seconds };
}

function finish(state: State, operation: Operation): void {
  state.kept = state.current;
  state.current = operation.release;
  state.operation = null;
  state.history.unshift(entryOf(operation, 'done'));
}

async function afterFailure(work: Work, progress: Progress, error: unknown): Promise<unknown> {
  const { operation, state, site } = work;
  const why = error instanceof AppError ? error.message : String((error as Error).message ?? error);
  if (AFTER_SWITCH.includes(operation.step)) {
    return appError(
      'deploy-unfinished',
      424,
      `${operation.release.name} serves, but "${operation.step}" failed: ${why}`,
      {
        remedy: 'Run it again with --resume: what is left is done.',
        cause: error,
      },
    );
  }
  operation.problem = why;
  await writeState(site, state);
  try {
    await takeBack(work, progress);
  } catch (second) {
    return appError(
      'undo-failed',
      424,
      `${why} What it had made was not taken back: ${safeMessage(second)}`,
      {
        remedy: 'The release before was not touched. Run it again with --resume: the rest is taken back.',
        cause: second,
      },
    );
  }
  if (error instanceof AppError && error.remedy !== undefined) return error;
  return undone(operation, why);
}

function undone({ kind, step }: Operation, why: string): AppError {
  return appError(`${kind}-undone`, 424, `The ${kind} stopped at "${step}" and was taken back: ${why}`, {
    remedy: 'Who served before still serves.',
  });
}

/** Leads traffic back if it was led away, and removes what was started. */
async function takeBack(work: Work, progress: Progress): Promise<void> {
  const { engine, site, state, operation } = work;
  const { current, kept } = state;
  progress.step('undo');
  if (SWITCHING.includes(operation.step)) {
    const edge = await edgeContainer(engine, site);
    if (current && !(await isServing(engine, site, current.colour))) {
      await writeRoute(site, { to: current.colour });
    } else if (edge !== undefined && current) {
      const isBeside =
        operation.kind === 'rollback' && (await webRuns(engine, site, operation.release.colour));
      const before = isBeside ? { before: operation.release.colour } : {};
      await switchEdge(engine, site, { to: current.colour, ...before });
      await waitUntilDrained(engine, site, operation.options.drainSeconds);
    } else if (edge !== undefined) await engine.run(stopEdge(site), { tries: 3 });
  }
  const { colour } = operation.release;
  if (operation.kind === 'rollback')
    await engine.run(stopRelease(site, colour, ['worker', 'api']), { tries: 3 });
  else if (STEPS.indexOf(operation.step) >= STEPS.indexOf('clear')) {
    await engine.run(removeRelease(site, colour), { tries: 3 });
    // Its containers are gone; a rollback makes them again from its images.
    if (kept?.colour === colour) await writeReleaseEnv(site, kept);
  }
  state.operation = null;
  state.history.unshift(entryOf(operation, 'undone'));
  await writeState(site, state);
}

function entryOf(operation: Operation, outcome: HistoryEntry['outcome']): HistoryEntry {
  const { kind, release, startedAt, step, problem } = operation;
  const { name, image, webImage } = release;
  const stopped = problem === undefined ? {} : { step, problem };
  return {
    kind,
    release: name,
    image,
    webImage,
    startedAt,
    endedAt: new Date().toISOString(),
    outcome,
    ...stopped,
  };
}
