import { createEngine } from '../deploy/engine.ts';
import type { Place } from './place.ts';

const LONGEST_MS = 24 * 60 * 60_000;

/** The containers of a production folder that has docker-compose.backup.yml; programs run in `archive`. */
export function composePlace(directory: string): Place {
  const engine = createEngine(directory);
  const options = { timeoutMs: LONGEST_MS };
  return {
    ask: (argv) => engine.ask(['compose', 'exec', '-T', 'archive', ...argv], options),
    async stop() {
      await engine.run(['compose', 'stop', 'postgres'], options);
    },
    async start() {
      await engine.run(['compose', 'up', '-d', '--no-deps', '--wait', 'postgres'], options);
    },
  };
}
