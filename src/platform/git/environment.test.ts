import { expect, test } from 'vitest';
import { gitEnvironment } from './environment.ts';

const network = { protocol: 'https', loopback: false, stallSeconds: 30 };

function settingsOf(environment: Record<string, string>): Record<string, string | undefined> {
  const count = Number(environment['GIT_CONFIG_COUNT']);
  const pairs = Array.from({ length: count }, (_, at) => [
    environment[`GIT_CONFIG_KEY_${at}`] ?? '',
    environment[`GIT_CONFIG_VALUE_${at}`],
  ]);
  return Object.fromEntries(pairs);
}

test('asks nobody, runs nothing and reads no configuration but ours', () => {
  const environment = gitEnvironment('/dev/null');
  expect(environment).toMatchObject({
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
  });
  expect(environment['GIT_SSH_COMMAND']).toContain('BatchMode=yes');
  expect(settingsOf(environment)).toMatchObject({
    'core.hooksPath': '/dev/null',
    'core.fsmonitor': 'false',
    'credential.helper': '',
    'submodule.recurse': 'false',
    'http.followRedirects': 'false',
  });
});

test('a token goes into one header, of http only', () => {
  const header = (token: string, protocol = 'https') =>
    settingsOf(gitEnvironment('/dev/null', { ...network, protocol, token }))['http.extraHeader'];
  const basic = (pair: string) => `Authorization: Basic ${Buffer.from(pair).toString('base64')}`;
  expect(header('t0ken')).toBe(basic('x-access-token:t0ken'));
  expect(header('ada:t0ken')).toBe(basic('ada:t0ken'));
  expect(header('t0ken', 'ssh')).toBeUndefined();
  expect(header('t0ken', 'file')).toBeUndefined();
});

test('only the transport that was checked is allowed, to the address that was checked', () => {
  const environment = gitEnvironment('/dev/null', { ...network, pinnedAddress: 'host.example:443:1.2.3.4' });
  expect(environment['GIT_ALLOW_PROTOCOL']).toBe('https');
  expect(settingsOf(environment)['http.curloptResolve']).toBe('host.example:443:1.2.3.4');
});
