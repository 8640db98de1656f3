import semver from 'semver';
import { readDeployState } from './deployments.ts';
import { type Finding, findingsOf, ok } from './finding.ts';
import type { DockerFacts } from './read-docker.ts';
import type { Situation } from './situation.ts';

const ENGINE_MINIMUM = '20.10.0';
const COMPOSE_MINIMUM = '2.24.0';

const older = (version: string, minimum: string): boolean =>
  semver.lt(semver.coerce(version) ?? '0.0.0', minimum);

/** Docker, its engine and Compose; needed where a folder is given, and mentioned elsewhere. */
export function checkDocker(facts: DockerFacts, needed: boolean): Finding[] {
  const { problem } = findingsOf('docker');
  if (!needed) {
    const engine = facts.engine === null ? 'Docker does not answer' : `Docker ${facts.engine} answers`;
    return [ok('docker', `${engine}; only a deployment in containers needs it.`, { engine: facts.engine })];
  }
  if (!facts.installed) {
    return [
      problem(
        'docker-missing',
        'Docker is not installed.',
        'Install it: https://docs.docker.com/engine/install/.',
      ),
    ];
  }
  if (facts.engine === null) {
    return [
      problem(
        'docker-not-answering',
        `Docker's engine does not answer (${facts.refusal ?? 'no reason given'}).`,
        'Start it: `systemctl start docker`. Who is not root has to be in the group docker.',
        { evidence: { refusal: facts.refusal } },
      ),
      ...checkCompose(facts),
    ];
  }
  const evidence = { engine: facts.engine, buildx: facts.buildx };
  const buildx =
    facts.buildx === null ? 'no buildx, which only building images needs' : `buildx ${facts.buildx}`;
  const engine = older(facts.engine, ENGINE_MINIMUM)
    ? problem(
        'docker-too-old',
        `Docker ${facts.engine} is too old.`,
        `Install Docker ${ENGINE_MINIMUM} or newer.`,
        { evidence },
      )
    : ok('docker', `Docker ${facts.engine} answers; ${buildx}.`, evidence);
  return [engine, ...checkCompose(facts)];
}

function checkCompose({ compose, standaloneCompose }: DockerFacts): Finding[] {
  const { problem, warning } = findingsOf('docker');
  const evidence = { compose, standaloneCompose };
  if (compose !== null && !older(compose, COMPOSE_MINIMUM)) {
    return [ok('compose', `Compose ${compose}.`, evidence)];
  }
  const remedy = `Install the plugin docker-compose-plugin ${COMPOSE_MINIMUM} or newer.`;
  if (compose !== null) {
    return [problem('compose-too-old', `Compose ${compose} is too old.`, remedy, { evidence })];
  }
  if (standaloneCompose === null) {
    return [problem('compose-missing', 'Docker Compose is not installed.', remedy, { evidence })];
  }
  return [
    warning(
      'compose-too-old',
      `Only docker-compose ${standaloneCompose} is installed; it reads the base and the production file, and nothing else that ships.`,
      remedy,
      { evidence },
    ),
  ];
}

export async function lookAtDocker(situation: Situation): Promise<Finding[]> {
  return checkDocker(await situation.docker(), situation.folder !== null);
}

/** The containers of the folder's project, and of the colour that serves. Without any, it is not started yet. */
export async function lookAtContainers(situation: Situation): Promise<Finding[]> {
  const { folder } = situation;
  if (!folder) return [];
  const [{ containers }, state] = await Promise.all([situation.docker(), readDeployState(folder.path)]);
  const serving = state?.current ? `${folder.projects[0]}-${state.current.colour}` : undefined;
  return checkContainers(containers.filter(({ project }) => [folder.projects[0], serving].includes(project)));
}

/** Containers that are to run: a colour that is stopped waits for a rollback and is none of them. */
export function checkContainers(containers: readonly DockerFacts['containers'][number][]): Finding[] {
  const { problem } = findingsOf('containers');
  const down = containers.filter(
    ({ service, state, health }) =>
      service !== 'migrate' && (health === 'unhealthy' || !['running', 'created'].includes(state)),
  );
  if (down.length === 0) {
    return [ok('containers', containers.length === 0 ? 'None runs yet.' : 'All that run are well.')];
  }
  return down.map(({ name, state, health }) =>
    problem(
      'container-not-running',
      `The container ${name} is ${health === 'unhealthy' ? 'unhealthy' : state}.`,
      `Its log says why: \`docker logs --tail 50 ${name}\`.`,
      { target: name, evidence: { name, state, health } },
    ),
  );
}
