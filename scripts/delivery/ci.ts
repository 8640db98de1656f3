import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const BROWSER = ['e2e/web', 'e2e/people', 'e2e/provider-sign-in'];

/** What decides whether a change lands, by name: each is a list of commands. The jobs of ci.yml name the same. */
export const STEPS: Record<string, string[][]> = {
  check: [['npm', 'run', '--silent', 'check']],
  embedded: [['vitest', 'run', 'src', 'bench']],
  postgresql: [['npm', 'run', '--silent', 'test:server']],
  web: [['vitest', 'run', ...BROWSER]],
  system: [
    ['vitest', 'run', 'e2e', ...[...BROWSER, 'e2e/containers/'].flatMap((path) => ['--exclude', `${path}*`])],
  ],
  containers: [['vitest', 'run', 'e2e/containers', '--no-file-parallelism']],
  images: [['node', 'scripts/delivery/images.ts', 'build']],
  dependencies: [
    ['npm', 'run', '--silent', 'sbom'],
    ['npm', 'run', '--silent', 'scan', '--', '--severity', 'high'],
  ],
};

/** Why a step can't run on this machine, as a sentence; undefined if it can. */
function missing(step: string): string | undefined {
  const needsDocker = step === 'images' || step === 'containers';
  if (needsDocker && !existsSync('/var/run/docker.sock')) return 'Docker does not run here.';
  if (step === 'dependencies' && !process.env['ADVISORIES']) {
    return 'ADVISORIES names no folder of advisories in the OSV format; the pipeline asks Grype.';
  }
  return undefined;
}

/** The Debian packages that .ci/run installs, so that they are listed once. */
export function testPackages(): string[] {
  const list = /^packages=\(([^)]*)\)/m.exec(readFileSync('.ci/run', 'utf8'))?.[1] ?? '';
  return list.trim().split(/\s+/);
}

/** Installs what the tests use on a hosted runner, which has a browser already. */
function installPackages(): void {
  const wanted = testPackages().filter(
    (name) => name !== 'chromium' || !existsSync('/usr/bin/google-chrome'),
  );
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  execFileSync('sudo', [...apt, 'update', '-qq'], { stdio: 'inherit' });
  execFileSync('sudo', [...apt, 'install', '-y', '-qq', '--no-install-recommends', ...wanted], {
    stdio: 'inherit',
  });
}

function run(step: string): void {
  const commands = STEPS[step];
  if (!commands) throw new Error(`There is no step "${step}". There are: ${Object.keys(STEPS).join(', ')}.`);
  for (const [program = '', ...words] of commands) {
    process.stdout.write(`\n${step}: ${[program, ...words].join(' ')}\n`);
    execFileSync(program, words, { stdio: 'inherit' });
  }
}

/** Without a name every step, as far as this machine can; what it can't is said, and named once more at the end. */
function main(named: string[]): void {
  if (named[0] === 'packages') {
    installPackages();
    return;
  }
  if (named.length > 0) {
    for (const step of named) run(step);
    return;
  }
  const skipped = Object.keys(STEPS).flatMap((step) => {
    const why = missing(step);
    if (!why) run(step);
    return why ? [`Not run: ${step}. ${why}`] : [];
  });
  process.stdout.write(`\n${['All that ran passed.', ...skipped].join('\n')}\n`);
}

if (import.meta.main) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
