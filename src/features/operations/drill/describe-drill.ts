import type { DrillReport, ScenarioReport } from './report.ts';

const TITLES: Record<ScenarioReport['name'], string> = {
  'corrupted-database': 'Corrupted database',
  'lost-host': 'Lost host',
  'lost-site': 'Lost site',
};

const OUTCOMES: Record<ScenarioReport['outcome'], string> = {
  held: 'held',
  failed: 'FAILED',
  'not-covered': 'not covered',
};

/** "4.2 s", "12 min", "7.5 h". */
function formatDuration(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** A report in words, as Markdown. */
export function describeDrill(report: DrillReport): string {
  const { id, startedAt, endedAt, version, runtime, set, objectives, outcome, scenarios, notShown } = report;
  const seconds = (new Date(endedAt).getTime() - new Date(startedAt).getTime()) / 1000;
  return [
    `# Drill ${id}`,
    '',
    `Played on ${startedAt} in ${formatDuration(seconds)} by CommandCenter ${version} on the ${runtime} runtime, from set`,
    `${set.name} of ${set.takenAt} (${set.rows} rows, ${(set.bytes / 1e6).toFixed(1)} MB).`,
    '',
    `**All in all: ${outcome}.** Objectives: RTO ${objectives.rtoSeconds / 60} minutes, RPO ${objectives.rpoSeconds / 3600} hours.`,
    '',
    '| disaster | outcome | RTO | RPO | tables equal | changes back |',
    '|---|---|---|---|---|---|',
    ...scenarios.map(summaryRow),
    '',
    'RTO is the time from the disaster to the first good answer of the restored product, without the comparison. RPO is what',
    'would have been lost had it happened to this installation at that moment: the age of what it could come back from.',
    ...scenarios.flatMap(describeScenario),
    '',
    '## Not shown by this drill',
    '',
    ...notShown.map((sentence) => `- ${sentence}`),
    '',
  ].join('\n');
}

function summaryRow({ name, outcome, rtoSeconds, rpoSeconds, tables, changes }: ScenarioReport): string {
  const equal = tables.filter((table) => table.equal).length;
  return `| ${[
    TITLES[name],
    OUTCOMES[outcome],
    formatDuration(rtoSeconds),
    formatDuration(rpoSeconds),
    tables.length === 0 ? '–' : `${equal} of ${tables.length}`,
    changes === null ? '–' : `${changes.cameBack} of ${changes.backedUp}`,
  ].join(' | ')} |`;
}

function describeScenario(scenario: ScenarioReport): string[] {
  const { name, outcome, problem, disaster, noticed, source, steps, changes, tables } = scenario;
  return [
    '',
    `## ${TITLES[name]}: ${OUTCOMES[outcome]}`,
    '',
    ...(problem === null ? [] : [`**${inline(problem)}**`, '']),
    ...(disaster === null ? [] : [`- What was done: ${inline(disaster)}`]),
    ...(noticed === null ? [] : [`- How it was noticed: ${inline(noticed)}`]),
    ...(source === null ? [] : [`- It came back from ${inline(source)}.`]),
    ...(changes === null
      ? []
      : [
          `- ${changes.cameBack} of ${changes.backedUp} marked changes that were backed up came back; ${changes.lost} later ones, of the last ${formatDuration(changes.lostSeconds)}, were lost.`,
        ]),
    ...(steps.length === 0
      ? []
      : [
          '',
          '| step | time | counts for the RTO |',
          '|---|---|---|',
          ...steps.map(
            (step) => `| ${step.name} | ${formatDuration(step.seconds)} | ${step.counted ? 'yes' : 'no'} |`,
          ),
        ]),
    ...(tables.length === 0
      ? []
      : [
          '',
          '| table | rows | SHA-256 of its contents | as before |',
          '|---|---|---|---|',
          ...tables.map(
            (table) =>
              `| ${table.name} | ${table.rows} | \`${table.sha256}\` | ${table.equal ? 'yes' : `NO: ${table.expectedRows} rows, \`${table.expectedSha256}\``} |`,
          ),
        ]),
  ];
}

/** What a program has said must not become markup. */
const inline = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[<>|*_]/g, (found) => `\\${found}`);
