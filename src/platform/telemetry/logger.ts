import { createRequire } from 'node:module';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { workFields } from './current-work.ts';
import { describeError } from './describe-error.ts';
import { keepLine } from './recent-lines.ts';
import { redactSecrets } from './redact.ts';

export type { Logger };

/**
 * The process's logger: JSON lines on stdout, pretty only on a terminal. Every line tells by itself which
 * request, job and trace it belongs to. Secrets are taken out of the finished line, so that none gets through
 * however deep it lies; that is ten times as fast as looking for them in the objects.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service: 'commandcenter' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
    mixin: workFields,
    hooks: { streamWrite: (line) => keepLine(redactSecrets(line)) },
  };
  if (destination) return pino(options, destination);
  return process.stdout.isTTY ? pino(options, prettyOutput()) : pino(options);
}

/** For a person at a terminal; loaded only there. In this thread: what is said last is seen when the process dies. */
function prettyOutput(): DestinationStream {
  const { build } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  return build({ ignore: 'pid,hostname,service', translateTime: 'HH:MM:ss', sync: true });
}
