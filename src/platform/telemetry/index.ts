import { type DestinationStream, type Logger, pino } from 'pino';

export { createMetrics, type GaugeReading, type Metrics } from './metrics.ts';
export type { Logger };

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'accessToken',
  'token',
  'password',
  'secret',
  'apiKey',
  'req.headers.authorization',
  'req.headers.cookie',
];

/** The process's logger: JSON lines on stdout, with secret fields redacted; pretty only on a terminal. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const redact = { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' };
  const options = {
    level,
    redact,
    base: { service: 'commandcenter' },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  if (destination) return pino(options, destination);
  if (process.stdout.isTTY) {
    return pino({
      ...options,
      transport: {
        target: 'pino-pretty',
        options: { ignore: 'pid,hostname,service', translateTime: 'HH:MM:ss' },
      },
    });
  }
  return pino(options);
}

/** Removes credentials from a URL, for logs and messages. */
export function redactUrl(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi, '$1');
}
