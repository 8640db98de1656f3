import { describe, expect, test } from 'vitest';
import type { Site } from '../site.ts';
import * as compose from './compose.ts';
import * as engine from './engine.ts';

const site: Site = {
  directory: '/srv/radar',
  project: 'radar',
  composeFiles: ['docker-compose.yml', 'docker-compose.prod.yml'],
  publicHost: 'radar.example.com',
  images: {},
  tls: true,
};

const MAIN =
  'compose --project-directory /srv/radar --project-name radar --env-file .env --file docker-compose.yml --file docker-compose.prod.yml';
const NEXT =
  'compose --project-directory /srv/radar --project-name radar --env-file .env --env-file deployments/next.env --file docker-compose.yml --file docker-compose.prod.yml';
const GREEN =
  'compose --project-directory /srv/radar --project-name radar-green --env-file .env --env-file deployments/green.env --file docker-compose.yml --file docker-compose.prod.yml --file docker-compose.release.yml';

describe('what is given to docker', () => {
  test.each([
    [
      'networks and volumes are made by the installation, so that no release takes them along when it is removed',
      compose.makeShared(site),
      `${MAIN} up --no-start --no-recreate --no-deps --no-build api edge`,
    ],
    ['only what never started is removed there', compose.removeUnstarted(site), `${MAIN} rm --force api`],
    [
      'data services are never made anew',
      compose.startData(site),
      `${MAIN} up --detach --no-recreate --wait --wait-timeout 180 postgres redis`,
    ],
    [
      'neither is the edge',
      compose.startEdge(site),
      `${MAIN} up --detach --no-recreate --no-deps --wait --wait-timeout 180 edge`,
    ],
    ['the edge is stopped', compose.stopEdge(site), `${MAIN} stop edge`],
    ['the edge is looked for', compose.findEdge(site), `${MAIN} ps --status running --quiet edge`],
    [
      'the edge tests its configuration itself',
      compose.testEdge(site),
      `${MAIN} exec -T edge nginx -t -c /etc/nginx/commandcenter/nginx.conf`,
    ],
    ['the edge loads it by a signal', compose.reloadEdge(site), `${MAIN} kill --signal HUP edge`],
    ['the new image migrates, once', compose.runMigrate(site), `${NEXT} run --rm --no-deps --no-TTY migrate`],
    [
      'the new image says what it would migrate',
      compose.runMigrate(site, 'migrate', '--check', '--json'),
      `${NEXT} run --rm --no-deps --no-TTY migrate migrate --check --json`,
    ],
    [
      'what a killed deployer has left is found',
      compose.findMigrations(site),
      'ps --all --quiet --no-trunc --filter label=com.docker.compose.project=radar --filter label=com.docker.compose.service=migrate --filter label=com.docker.compose.oneoff=True',
    ],
    [
      'a release is started in the project of its colour',
      compose.startRelease(site, 'green', ['api', 'worker']),
      `${GREEN} up --detach --no-deps --no-build --pull never api worker`,
    ],
    [
      'a release stops within its own grace period',
      compose.stopRelease(site, 'green', ['worker', 'api']),
      `${GREEN} stop worker api`,
    ],
    [
      'a release is removed without volumes',
      compose.removeRelease(site, 'green'),
      `${GREEN} down --remove-orphans`,
    ],
    [
      'its containers are found by the label of its project',
      compose.findRelease(site, 'blue'),
      'ps --all --quiet --no-trunc --filter label=com.docker.compose.project=radar-blue',
    ],
    ['containers are looked at', engine.inspect(['a', 'b']), 'inspect a b'],
    ['the end of a log is read', engine.lastLines('a', 15), 'logs --tail 15 a'],
    ['an image is looked for', engine.inspectImage('x@y'), 'image inspect --format {{.Id}} x@y'],
    ['an image is fetched', engine.pullImage('x@y'), 'pull --quiet x@y'],
  ])('%s', (_, argv, expected) => {
    expect(argv.join(' ')).toBe(expected);
  });
});

test('a request that a container makes is one argument, whatever stands in it', () => {
  const requests = [{ url: 'http://10.0.0.2:3000/readyz', host: "a'b $(c)" }];
  const argv = engine.probe('api', requests);
  expect(argv.slice(0, 4)).toEqual(['exec', 'api', 'node', '--eval']);
  expect(argv.slice(5)).toEqual([JSON.stringify(requests)]);
});
