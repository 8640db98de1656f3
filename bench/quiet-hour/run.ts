import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { canMonitor, NOT_HERE, type Stack, startStack, type Told } from '../../e2e/monitoring/stack.ts';

/**
 * A whole installation in use and nothing wrong with it, watched by Prometheus and Alertmanager as they ship, for an
 * hour: whatever is told but the dead man's switch is a false alarm.
 * Usage: node bench/quiet-hour/run.ts [--minutes=60]. Run `make build` first.
 */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const minutes = Number(values.minutes);
const ASK_EVERY_MS = 500;
const SAY_EVERY_MS = 60_000;
const QUESTIONS = ['/technologies', '/overview', '/drift', '/repositories', '/search?q=prometheus', '/jobs'];
const PERIOD = `${Math.ceil(minutes)}m`;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** As a few people use it: questions all the time, a document now and then. Returns the number of failed requests. */
async function use({ people, told }: Stack): Promise<number> {
  const end = Date.now() + minutes * 60_000;
  let [asked, failed, saidAt] = [0, 0, Date.now()];
  const count = ({ status }: { status: number }): void => {
    asked += 1;
    if (status >= 400) failed += 1;
  };
  while (Date.now() < end) {
    count(await people.browser.request('GET', QUESTIONS[asked % QUESTIONS.length] ?? '/overview'));
    await sleep(ASK_EVERY_MS);
    if (Date.now() - saidAt < SAY_EVERY_MS) continue;
    saidAt = Date.now();
    const text = `# Minute ${new Date().toISOString()}\n\nPrometheus reads figures.`;
    count(
      await people.browser.request('POST', '/documents:batch', {
        documents: [{ externalId: 'minute', text }],
      }),
    );
    say(
      `${new Date().toISOString()} ${asked} requests, ${failed} failed, load ${loadavg()[0]?.toFixed(1)}, told: ${namesOf(told.map(({ labels }) => labels))}`,
    );
  }
  return failed;
}

/** What is right to be told: that somebody watches, and that what can't run here is missing. */
const isDue = (labels: Told['labels']): boolean =>
  labels['alertname'] === 'DeadMansSwitch' ||
  (labels['alertname'] === 'TargetVanished' && (labels['job'] ?? '') in NOT_HERE);

function namesOf(alerts: readonly Told['labels'][]): string {
  const names = alerts
    .filter((labels) => !isDue(labels))
    .map(({ alertname, job, instance }) => [alertname, job, instance].filter(Boolean).join(' '));
  return [...new Set(names)].join(', ') || 'nothing';
}

async function report({ query, told }: Stack, failed: number): Promise<void> {
  const seen = async (state: string): Promise<Told['labels'][]> => {
    const found = await query(`max_over_time(ALERTS{alertstate="${state}"}[${PERIOD}])`);
    return found.map(({ metric }) => metric);
  };
  const fired = await seen('firing');
  say(`\n${minutes} minutes, ${failed} requests failed`);
  say(`Pending for a while: ${namesOf(await seen('pending'))}`);
  say(`Fired: ${namesOf(fired)}`);
  say(`Told: ${namesOf(told.map(({ labels }) => labels))}`);
  const falseAlarms = fired.filter((labels) => !isDue(labels)).length;
  say(`False alarms: ${falseAlarms}`);
  process.exitCode = falseAlarms === 0 && failed === 0 ? 0 : 1;
}

if (!canMonitor()) throw new Error('Prometheus, Alertmanager and the exporters have to be installed.');
const stack = await startStack({ asShipped: true });
try {
  const failed = await use(stack);
  await report(stack, failed);
} finally {
  await stack.close();
}
