import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../deploy/monitoring/alertmanager');
const hasAmtool = spawnSync('amtool', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'commandcenter-alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WEBHOOK = 'https://chat.example.com/hook?a=1&b=p|q\\r';
const PASSWORD = 'only in its file';
const EMAIL = {
  ALERT_EMAIL_TO: 'people@example.com',
  ALERT_SMTP_HOST: 'smtp.example.com:587',
  ALERT_SMTP_USER: 'alerts',
};

/** Runs the start script with a program in the place of Alertmanager that ends at once. */
function fill(name: string, files: Record<string, string>, env: Record<string, string> = {}) {
  const receivers = join(folder, name);
  mkdirSync(receivers);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(receivers, file), text);
  const target = join(folder, `${name}.yml`);
  const { status, stderr } = spawnSync('sh', [join(FOLDER, 'start-alertmanager.sh')], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'] ?? '',
      RECEIVERS_DIR: receivers,
      ALERTMANAGER_TEMPLATE: join(FOLDER, 'alertmanager.yml'),
      ALERTMANAGER_CONFIG: target,
      ALERTMANAGER: 'true',
      ...env,
    },
  });
  return { status, stderr, target };
}

interface Receiver {
  name: string;
  webhook_configs?: { url: string }[];
  email_configs?: { to: string }[];
}
const receiversIn = (file: string): Receiver[] =>
  (parse(readFileSync(file, 'utf8')) as { receivers: Receiver[] }).receivers;

describe('what Alertmanager is started with', () => {
  test('has the address from its file, whatever signs are in it, closed to others', () => {
    const { status, target } = fill('both', { webhook_url: `${WEBHOOK}\n`, smtp_password: PASSWORD }, EMAIL);
    expect(status).toBe(0);
    expect(receiversIn(target)).toMatchObject([
      { name: 'people', webhook_configs: [{ url: WEBHOOK }], email_configs: [{ to: 'people@example.com' }] },
      { name: 'heartbeat', webhook_configs: [{ url: WEBHOOK }] },
    ]);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    const text = readFileSync(target, 'utf8');
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain('@EMAIL');
  });

  test('leaves out a receiver that is not set up', () => {
    const webhook = fill('webhook', { webhook_url: WEBHOOK, heartbeat_url: 'https://watch.example.com/1' });
    expect(receiversIn(webhook.target)[0]?.email_configs).toBeUndefined();
    expect(receiversIn(webhook.target)[1]?.webhook_configs?.[0]?.url).toBe('https://watch.example.com/1');
    const email = fill('email', {}, EMAIL);
    expect(receiversIn(email.target)[0]?.webhook_configs).toBeUndefined();
  });

  test('is nothing if nobody would be told, and says what to do', () => {
    expect(fill('none', {})).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('webhook_url, or set ALERT_EMAIL_TO'),
    });
    expect(fill('half', {}, { ALERT_EMAIL_TO: 'a@example.com' })).toMatchObject({ status: 78 });
  });

  test.skipIf(!hasAmtool)('is accepted by amtool in each form', () => {
    for (const [name, files, env] of [
      ['check-both', { webhook_url: WEBHOOK, smtp_password: PASSWORD }, EMAIL],
      ['check-webhook', { webhook_url: WEBHOOK }, {}],
      ['check-email', { smtp_password: PASSWORD }, EMAIL],
    ] as const) {
      const { status, stdout, stderr } = spawnSync(
        'amtool',
        ['check-config', fill(name, files, { ...env }).target],
        { encoding: 'utf8' },
      );
      expect(status, `${name}: ${stdout}${stderr}`).toBe(0);
    }
  });
});

describe.skipIf(!hasAmtool)('routes', () => {
  test.each([
    ['heartbeat', { alertname: 'DeadMansSwitch', severity: 'none' }],
    ['people', { alertname: 'ApiDown', severity: 'critical' }],
    ['people', { alertname: 'QueueAge', severity: 'warning' }],
    ['people', { alertname: 'SomebodysOwn' }],
  ])('to %s: %j', (receiver, labels) => {
    const { target } = fill(`route-${labels.alertname}`, { webhook_url: WEBHOOK });
    const { status, stdout } = spawnSync(
      'amtool',
      [
        'config',
        'routes',
        'test',
        `--config.file=${target}`,
        `--verify.receivers=${receiver}`,
        ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
      ],
      { encoding: 'utf8' },
    );
    expect(status, stdout).toBe(0);
  });
});

test('what inhibits and is inhibited are alerts that there are', () => {
  const rules = ['product', 'data', 'machine', 'slo'].map((name) =>
    readFileSync(join(FOLDER, `../prometheus/rules/${name}.yml`), 'utf8'),
  );
  const names = [...rules.join('\n').matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
  const text = readFileSync(join(FOLDER, 'alertmanager.yml'), 'utf8');
  const patterns = [...text.matchAll(/alertname=~?"([^"]+)"/g)].flatMap(([, pattern = '']) =>
    pattern.split('|'),
  );
  expect(patterns.length).toBeGreaterThan(15);
  const unknown = patterns.filter((pattern) => !names.some((name) => new RegExp(`^${pattern}$`).test(name)));
  expect(unknown).toEqual([]);
});
