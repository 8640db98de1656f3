import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Platform } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { createBatchedLimit } from '#platform/rate-limits/index.ts';

const WINDOW_SECONDS = 60;
/** Who shows no valid session or token gets less: nobody needs many tries. */
const STRANGER_SHARE = 0.25;
/** What a person's browser opens without a session. Probes, metrics and files of the page are not limited. */
const LIMITED = /^\/(api\/v1|login|auth)(\/|\?|$)/;

/** Counts a request, tells its sender how much is left, and throws AppError 429 `too-many-requests`. */
export type RequestLimit = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Limits how often one user, token or address may ask. Tells how much is left as the IETF's draft 10 of
 * "RateLimit header fields for HTTP" says. Called once it is known who asks.
 */
export function createRequestLimit({ config, rateLimits, log, metrics }: Platform): RequestLimit {
  const create = (name: string, points: number) => ({
    name,
    policy: `"${name}";q=${points};w=${WINDOW_SECONDS}`,
    limit: createBatchedLimit({ rateLimits, bucket: name, limit: { points, seconds: WINDOW_SECONDS }, log }),
  });
  const callers = create('caller', config.rateLimitPerMinute);
  const strangers = create('address', Math.max(1, Math.floor(config.rateLimitPerMinute * STRANGER_SHARE)));

  return (request, reply) => {
    const { caller } = request;
    if (!caller && !LIMITED.test(request.url)) return;
    const { name, policy, limit } = caller ? callers : strangers;
    const result = limit.consume(caller ? caller.actor.id : request.ip);
    reply.header('ratelimit-policy', policy);
    reply.header('ratelimit', `"${name}";r=${result.remaining};t=${result.resetSeconds}`);
    if (result.allowed) return;
    metrics.rateLimited.add(name);
    throw appError('too-many-requests', 429, 'There were too many requests in the last minute.', {
      remedy: `Go on in ${result.resetSeconds} seconds.`,
      details: { retryAfterSeconds: result.resetSeconds },
    });
  };
}
