import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '#platform/telemetry/index.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { openBrowser } from '#testing/people.ts';

const PLANTED = {
  secretKey: 'ab'.repeat(32),
  previousKey: 'cd'.repeat(32),
  modelKey: 'planted-model-key-1f2e3d',
  metricsToken: 'planted-metrics-token-4c5b',
  password: 'planted password of a person',
  accessToken: 'planted-access-token-77aa88',
  inUrl: 'planted-in-url-99bb',
  bearer: 'cc_PLANTEDplantedPLANTEDplantedPLANTEDplant',
  loginCode: 'planted-login-code-0011223344',
  oidcSecret: 'planted-oidc-secret-5566',
};

let app: TestApp;
const output: string[] = [];

beforeAll(async () => {
  const log = createLogger('trace', { write: (line) => void output.push(line) });
  app = await startTestApp({
    log,
    env: {
      SECRET_KEY: PLANTED.secretKey,
      PREVIOUS_SECRET_KEYS: PLANTED.previousKey,
      MODEL_PROVIDER: 'openai-compatible',
      MODEL_NAME: 'm',
      MODEL_BASE_URL: 'http://127.0.0.1:9/v1',
      MODEL_API_KEY: PLANTED.modelKey,
      METRICS_TOKEN: PLANTED.metricsToken,
      PUBLIC_URL: 'http://127.0.0.1:1',
      OIDC_ISSUER: 'http://127.0.0.1:9',
      OIDC_CLIENT_ID: 'c',
      OIDC_CLIENT_SECRET: PLANTED.oidcSecret,
      OUTGOING_ALLOW_HOSTS: '127.0.0.1',
      SLOW_QUERY_MS: '1',
      SLOW_REQUEST_MS: '1',
    },
  });
});
afterAll(() => app.close());

test('no secret appears in a log line or an answer, however requests and jobs fail', async () => {
  const answers: string[] = [];
  const ask = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
    const answer = await app.request(method, path, body, headers);
    answers.push(JSON.stringify(answer.body), JSON.stringify([...answer.headers]));
    return answer;
  };
  const browser = openBrowser(app);
  const sign = await browser.request('POST', '/session', {
    email: 'ada@example.com',
    password: PLANTED.password,
  });
  answers.push(JSON.stringify(sign.body));
  expect(sign.status).toBe(401);
  await ask('PUT', '/account/password', { newPassword: PLANTED.password });
  await ask('PUT', '/account/password', { newPassword: 7, currentPassword: PLANTED.password });
  await ask('GET', '/session', undefined, { authorization: `Bearer ${PLANTED.bearer}` });
  await ask('GET', `/nowhere?token=${PLANTED.inUrl}&code=${PLANTED.loginCode}`);
  const tracked = await ask('POST', '/repositories', {
    location: `http://user:${PLANTED.inUrl}@127.0.0.1:9/a.git`,
    accessToken: PLANTED.accessToken,
  });
  if (tracked.status !== 201) {
    const { status } = await ask('POST', '/repositories', {
      location: 'http://127.0.0.1:9/a.git',
      accessToken: PLANTED.accessToken,
    });
    expect(status).toBe(201);
  }
  await ask('POST', '/documents:fetch', {
    url: `http://user:${PLANTED.inUrl}@127.0.0.1:9/x?token=${PLANTED.inUrl}`,
  });
  await ask('POST', '/documents:batch', {
    documents: [{ externalId: 'a', title: 'Backups', text: 'Backups are made every night.' }],
  });
  await app.runJobs();
  await ask('POST', '/ask', { question: 'When are backups made?' });
  await ask('GET', '/repositories');
  await ask('GET', '/jobs?limit=200');
  await ask('GET', '/activity?limit=200');
  for (const path of [`/login?code=${PLANTED.loginCode}`, '/auth/oidc/start', '/health', '/metrics']) {
    const response = await fetch(`${app.url}${path}`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${PLANTED.metricsToken}` },
    });
    answers.push(await response.text(), JSON.stringify([...response.headers]));
  }
  await sleep(200);
  expect(output.length).toBeGreaterThan(10);
  expect(output.some((line) => line.includes('job failed'))).toBe(true);
  for (const [name, secret] of Object.entries(PLANTED)) {
    expect(
      output.filter((line) => line.includes(secret)),
      `${name} in the log`,
    ).toEqual([]);
    expect(
      answers.filter((text) => text.includes(secret)),
      `${name} in an answer`,
    ).toEqual([]);
  }
  expect(output.filter((line) => line.includes(app.token))).toEqual([]);
}, 120_000);
