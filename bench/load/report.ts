import { type Chart, drawCharts, type Line } from './charts.ts';
import { isBeyond, type Outcome, type StageOutcome } from './outcome.ts';
import { TEAM } from './scenario.ts';
import type { Figures } from './tally.ts';
import { cpuBetween } from './watch.ts';

const MEGABYTE = 1024 * 1024;
const SHOWN = 12;
const whole = (value: number): string => value.toFixed(0);

/** The run in words and tables. */
export function toMarkdown(outcome: Outcome): string {
  return `${[
    `# Load: ${outcome.profile} on ${outcome.system}`,
    describe(outcome),
    '## What was to be kept',
    table(
      ['', 'found', ''],
      outcome.checks.map(({ what, found, passed }) => [what, found, passed ? 'PASS' : 'FAIL']),
    ),
    kneeText(outcome),
    recoveryText(outcome),
    '## Stages',
    stageTable(outcome.stages),
    '## Pages and pipelines, from when they should have begun to the last answer',
    figureTable(outcome.pages),
    '## Calls',
    figureTable(outcome.calls),
    '## Failures',
    failureText(outcome),
  ].join('\n\n')}\n`;
}

function describe(outcome: Outcome): string {
  const { at, machine, elapsedSeconds, endedBy, all, late, streams, leftOut } = outcome;
  const others = outcome.stages.map(({ cpu }) => cpu?.others ?? 0);
  const shared = others.length > 0 ? Math.max(...others) : 0;
  return [
    `${at}, ${machine}. ${all.count} requests in ${elapsedSeconds} s, of which ${all.failed} failed;`,
    endedBy === 'end' ? 'it ran to its end.' : `it ended by ${endedBy}.`,
    `1 × is a busy hour of ${TEAM.people} people: ${TEAM.arrivalsPerSecond} arrivals a second, ${TEAM.streams} streams held open`,
    `(${streams.opened} opened, ${streams.broken} broken).`,
    leftOut.length > 0 ? `Left out: ${leftOut.join(', ')}.` : '',
    `Times are from when a request should have been sent. The runner shares the machine and was late by`,
    `${whole(late.p50)} ms (p50) and ${whole(late.p99)} ms (p99). Others on the machine used up to ${shared.toFixed(1)} cores.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function kneeText({ profile, knee: { last, beyond }, stages }: Outcome): string {
  if (profile !== 'ramp') return '';
  const of = ({ times, perSecond, calls }: StageOutcome): string =>
    `${times} × the team (${whole(perSecond)} requests/s, p99 ${whole(calls.p99)} ms, ${calls.failed} failed)`;
  if (!beyond)
    return `**Knee**: not reached; all ${stages.length} steps were kept, the last at ${last ? of(last) : 'none'}.`;
  return `**Knee**: beyond ${last ? of(last) : 'nothing: the first step was too much'}. First step that was too much: ${of(beyond)}.`;
}

function recoveryText({ profile, recoverySeconds, stages }: Outcome): string {
  const [before, spike] = stages;
  if (profile !== 'spike' || !before || !spike) return '';
  const { count, refused, failed } = spike.calls;
  const back =
    recoverySeconds === undefined
      ? 'It did not recover while it was looked at.'
      : `It was as before ${recoverySeconds} s after the spike.`;
  return `**Spike**: of ${count} requests ${count - failed} were answered, ${refused} refused at once, ${failed - refused} failed. ${back}`;
}

/** CPU for each request, in ms, of everything but the runner. */
function cpuOfRequest({ cpu, perSecond }: StageOutcome, part?: string): string {
  if (!cpu || perSecond === 0) return '–';
  const parts = Object.entries(cpu.parts).filter(([name]) => (part ? name === part : name !== 'runner'));
  return ((parts.reduce((sum, [, cores]) => sum + cores, 0) * 1000) / perSecond).toFixed(2);
}

function stageTable(stages: readonly StageOutcome[]): string {
  const parts = [...new Set(stages.flatMap(({ cpu }) => Object.keys(cpu?.parts ?? {})))];
  return table(
    [
      'stage',
      'requests/s',
      'failed',
      'of them refused',
      'p50',
      'p95',
      'p99 ms',
      'page p95',
      ...parts.map((part) => `${part} cores`),
      'others',
      'CPU ms/request',
      'of it api',
      '',
    ],
    stages.map((stage) => [
      stage.name,
      whole(stage.perSecond),
      String(stage.calls.failed),
      String(stage.calls.refused),
      ...[stage.calls.p50, stage.calls.p95, stage.calls.p99, stage.pages.p95].map(whole),
      ...parts.map((part) => (stage.cpu?.parts[part] ?? 0).toFixed(2)),
      (stage.cpu?.others ?? 0).toFixed(2),
      cpuOfRequest(stage),
      cpuOfRequest(stage, 'api'),
      isBeyond(stage) ? 'too much' : '',
    ]),
  );
}

function figureTable(figures: Readonly<Record<string, Figures>>): string {
  const rows = Object.entries(figures).sort(([, a], [, b]) => b.count - a.count);
  return table(
    ['', 'count', 'failed', 'p50 ms', 'p95', 'p99', 'longest'],
    rows.map(([name, { count, failed, p50, p95, p99, max }]) => [
      name,
      String(count),
      String(failed),
      ...[p50, p95, p99, max].map(whole),
    ]),
  );
}

function failureText({ failures, turnedAway }: Outcome): string {
  const rows = Object.entries(failures).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return 'None.';
  const away =
    turnedAway > 0
      ? `\n\n${turnedAway} were turned away by the runner, because too many were under way.`
      : '';
  return (
    table(
      ['', 'count'],
      rows.slice(0, SHOWN).map(([name, count]) => [name, String(count)]),
    ) + away
  );
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Throughput, times, errors, CPU and memory over time, as one SVG. */
export function toSvg(outcome: Outcome): string {
  const { seconds, stages, profile, system } = outcome;
  let at = 0;
  const marks = stages.map(({ name, seconds: length }) => {
    const mark = { at, name };
    at += length;
    return mark;
  });
  const line = (name: string, key: 'done' | 'failed' | 'p50' | 'p95' | 'p99'): Line => ({
    name,
    points: seconds.map((second) => [second.second, second[key]]),
  });
  const charts: Chart[] = [
    {
      title: 'Requests',
      unit: 'by second',
      lines: [line('answered', 'done'), line('failed', 'failed')],
      marks,
    },
    {
      title: 'Times',
      unit: 'ms, from when it should have been sent; logarithmic',
      lines: [line('p50', 'p50'), line('p95', 'p95'), line('p99', 'p99')],
      marks,
      logarithmic: true,
    },
    { title: 'CPU', unit: 'cores', lines: cpuLines(outcome), marks },
    { title: 'Memory', unit: 'MB', lines: memoryLines(outcome), marks },
  ];
  return drawCharts(`${profile} on ${system}, ${outcome.at.slice(0, 10)}`, charts);
}

const partsOf = ({ readings }: Outcome): string[] => Object.keys(readings[0]?.parts ?? {});

function cpuLines(outcome: Outcome): Line[] {
  const { readings } = outcome;
  const spans = readings.slice(1).map((reading, at) => ({
    second: reading.atMs / 1000,
    use: cpuBetween(readings, readings[at]?.atMs ?? 0, reading.atMs),
  }));
  const line = (name: string, of: (use: NonNullable<(typeof spans)[0]['use']>) => number): Line => ({
    name,
    points: spans.flatMap(({ second, use }) => (use ? [[second, of(use)] as const] : [])),
  });
  return [
    ...partsOf(outcome).map((part) => line(part, ({ parts }) => parts[part] ?? 0)),
    line('others on the machine', ({ others }) => others),
  ];
}

function memoryLines(outcome: Outcome): Line[] {
  return partsOf(outcome)
    .map((part) => ({
      name: part,
      points: outcome.readings.map(
        ({ atMs, parts }) => [atMs / 1000, (parts[part]?.memoryBytes ?? 0) / MEGABYTE] as const,
      ),
    }))
    .filter(({ points }) => points.some(([, y]) => y > 0));
}

/** One page with the charts and the report, which needs nothing else. */
export function toHtml(outcome: Outcome): string {
  const text = toMarkdown(outcome).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Load: ${outcome.profile}</title>
<style>body{font:14px system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}pre{overflow-x:auto}</style>
${toSvg(outcome)}<pre>${text}</pre></html>\n`;
}
