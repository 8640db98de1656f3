import type { Call } from '#platform/telemetry/index.ts';

/** A git command as monitoring tells it: its name, and nothing of what it is given. */
export function gitCall(argv: readonly string[]): Call {
  const command = nameOf(argv);
  return {
    name: `git ${command}`,
    attributes: { 'process.command': 'git', 'git.command': command },
    record: (metrics, seconds, outcome) => metrics.gitCommands.observe(seconds, command, outcome),
  };
}

/** The first argument that is neither an option nor the value of `-c`. */
function nameOf(argv: readonly string[]): string {
  const at = argv.findIndex((argument, index) => !argument.startsWith('-') && argv[index - 1] !== '-c');
  return argv[at] ?? 'git';
}
