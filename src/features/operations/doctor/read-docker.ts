import type { ProgramAnswer } from './program-answer.ts';

export interface Container {
  name: string;
  project: string;
  service: string;
  state: string;
  /** `healthy`, `unhealthy`, `starting`; empty without a health check. */
  health: string;
  publishedPorts: readonly number[];
}

export interface DockerFacts {
  /** The program is there. */
  installed: boolean;
  /** The version of the engine; null if it does not answer. */
  engine: string | null;
  /** What the engine, or the program, said instead. */
  refusal: string | null;
  /** `docker compose`. */
  compose: string | null;
  /** The older `docker-compose`, a program of its own. */
  standaloneCompose: string | null;
  buildx: string | null;
  containers: readonly Container[];
  volumes: readonly { name: string; project: string }[];
}

type Run = (program: string, argv: readonly string[]) => Promise<ProgramAnswer | null>;

const FORMAT = ['--format', '{{json .}}'];

/** What Docker says of itself and of what runs. Nothing of it is an error: what does not answer is null. */
export async function readDocker(run: Run): Promise<DockerFacts> {
  const [client, engine, compose, standalone, buildx, containers, volumes] = await Promise.all([
    run('docker', ['--version']),
    run('docker', ['version', '--format', '{{.Server.Version}}']),
    run('docker', ['compose', 'version', '--short']),
    run('docker-compose', ['version', '--short']),
    run('docker', ['buildx', 'version']),
    run('docker', ['ps', '--all', '--no-trunc', ...FORMAT]),
    run('docker', ['volume', 'ls', ...FORMAT]),
  ]);
  const answers = engine?.exitCode === 0;
  return {
    installed: client !== null,
    engine: answers ? versionIn(engine.stdout) : null,
    refusal: answers ? null : (engine?.stderr.trim().split('\n').at(-1) ?? 'It did not answer in time.'),
    compose: versionOf(compose),
    standaloneCompose: versionOf(standalone),
    buildx: versionOf(buildx),
    containers: linesOf(containers).map(toContainer),
    volumes: linesOf(volumes).map((line) => ({
      name: line['Name'] ?? '',
      project: labelsOf(line)['com.docker.compose.project'] ?? '',
    })),
  };
}

/** The addresses of a container in its networks. */
export async function readAddresses(run: Run, container: string): Promise<string[]> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  const answer = await run('docker', ['inspect', '--format', format, container]);
  return answer?.exitCode === 0 ? answer.stdout.split(/\s+/).filter(Boolean) : [];
}

/** Where the engine keeps a volume on this machine. */
export async function readMountpoint(run: Run, volume: string): Promise<string | null> {
  const answer = await run('docker', ['volume', 'inspect', '--format', '{{.Mountpoint}}', volume]);
  return answer?.exitCode === 0 ? answer.stdout.trim() || null : null;
}

const versionIn = (text: string): string | null => /\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? null;
const versionOf = (answer: ProgramAnswer | null): string | null =>
  answer?.exitCode === 0 ? versionIn(answer.stdout) : null;

type Line = Readonly<Record<string, string>>;

function linesOf(answer: ProgramAnswer | null): Line[] {
  if (answer?.exitCode !== 0) return [];
  return answer.stdout.split('\n').flatMap((line) => {
    try {
      return line.trim() === '' ? [] : [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}

/** `a=1,b=2`, as every version of Docker prints labels. */
function labelsOf(line: Line): Record<string, string> {
  const pairs = (line['Labels'] ?? '').split(',').map((label) => label.split('='));
  return Object.fromEntries(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
}

function toContainer(line: Line): Container {
  const labels = labelsOf(line);
  return {
    name: line['Names'] ?? '',
    project: labels['com.docker.compose.project'] ?? '',
    service: labels['com.docker.compose.service'] ?? '',
    state: line['State'] ?? '',
    health: /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(line['Status'] ?? '')?.[1] ?? '',
    publishedPorts: publishedPorts(line['Ports'] ?? ''),
  };
}

/** `0.0.0.0:8080-8081->80-81/tcp, :::443->443/tcp` names 8080, 8081 and 443. */
function publishedPorts(text: string): number[] {
  const ranges = [...text.matchAll(/:(\d+)(?:-(\d+))?->/g)];
  const ports = ranges.flatMap(([, from, to = from]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => Number(from) + at),
  );
  return [...new Set(ports)];
}
