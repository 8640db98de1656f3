import { describe, expect, test } from 'vitest';
import { judgeContainers, parseContainers, type ReleaseContainer } from './containers.ts';

const container = (more: Partial<ReleaseContainer>): ReleaseContainer => ({
  id: '1',
  name: 'radar-green-api-1',
  service: 'api',
  state: 'running',
  exitCode: 0,
  restarts: 0,
  health: 'healthy',
  addresses: {},
  ...more,
});

describe('a release', () => {
  test.each<[string, Partial<ReleaseContainer>, string]>([
    ['is well when its health check says so', {}, 'well'],
    ['is well without a health check when it runs', { health: null }, 'well'],
    ['may still get healthy', { health: 'starting' }, 'waiting'],
    ['may not have been started yet', { state: 'created', health: null }, 'waiting'],
    ['may end once or twice before what it needs is there', { state: 'restarting', restarts: 2 }, 'waiting'],
    ['is broken when it ends again and again', { state: 'restarting', restarts: 3, exitCode: 1 }, 'broken'],
    ['is broken even if it runs just now', { restarts: 4, health: 'starting' }, 'broken'],
    ['is broken when it has ended and stays so', { state: 'exited', exitCode: 137 }, 'broken'],
    ['is broken when its health check fails', { health: 'unhealthy' }, 'broken'],
  ])('%s', (_, more, verdict) => {
    expect(judgeContainers([container({}), container(more)]).verdict).toBe(verdict);
  });

  test('is waited for as long as it has no container', () => {
    expect(judgeContainers([]).verdict).toBe('waiting');
  });

  test('tells which container is broken and how', () => {
    const broken = container({ name: 'radar-green-worker-1', state: 'exited', exitCode: 78 });
    expect(judgeContainers([container({}), broken])).toMatchObject({
      container: broken,
      problem: 'radar-green-worker-1 has ended with 78',
    });
  });
});

test('what the engine says of a container is read', () => {
  const said = {
    Id: 'abc',
    Name: '/radar-blue-web-1',
    RestartCount: 1,
    State: { Status: 'running', ExitCode: 0, Health: { Status: 'starting' } },
    Config: { Labels: { 'com.docker.compose.service': 'web' } },
    NetworkSettings: { Networks: { radar_application: { IPAddress: '172.18.0.4' } } },
  };
  const bare = { ...said, State: { Status: 'created', ExitCode: 0 }, Config: { Labels: null } };
  const [one, other] = parseContainers(JSON.stringify([said, bare]));
  expect(one).toEqual({
    id: 'abc',
    name: 'radar-blue-web-1',
    service: 'web',
    state: 'running',
    exitCode: 0,
    restarts: 1,
    health: 'starting',
    addresses: { radar_application: '172.18.0.4' },
  });
  expect(other).toMatchObject({ service: '', health: null });
});
