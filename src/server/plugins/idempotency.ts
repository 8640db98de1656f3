import type { FastifyReply, FastifyRequest } from 'fastify';
import { appError } from '#platform/errors/index.ts';
import type { App } from '#platform/http/index.ts';
import { beginOnce, endOnce, fingerprintOf, forgetOnce } from '#platform/idempotency/index.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key under which the answer to this request is to be kept. */
    onceKey: string | null;
  }
}

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const MAX_KEY = 255;
const MAX_KEPT_BYTES = 256 * 1024;

/**
 * A change that carries an `Idempotency-Key` is made once: who repeats it, because the answer got lost, gets
 * the first one again (IETF draft "The Idempotency-Key HTTP Header Field"). Answers are kept for a day.
 */
export function registerIdempotency(app: App): void {
  app.decorateRequest('onceKey', null);
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    if (key === undefined || !CHANGING.has(request.method) || !request.context) return undefined;
    if (request.routeOptions.config.secretAnswer) return undefined;
    if (typeof key !== 'string' || key === '' || key.length > MAX_KEY) {
      throw appError('idempotency-key-invalid', 400, `An Idempotency-Key has 1 to ${MAX_KEY} characters.`);
    }
    const fingerprint = fingerprintOf(request.method, request.url, request.body);
    const given = await beginOnce(request.context, key, fingerprint);
    if (given === null) {
      request.onceKey = key;
      return undefined;
    }
    if (given.contentType) reply.type(given.contentType);
    return reply.code(given.status).header('idempotent-replayed', 'true').send(given.body);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.onceKey !== null) await keep(request, reply, payload, request.onceKey);
    return payload;
  });
}

/** An answer that tells of a fault of ours, or one too long to keep, leaves the key free. */
async function keep(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  key: string,
): Promise<void> {
  const text = payload === undefined || payload === null ? '' : payload;
  try {
    if (reply.statusCode >= 500 || typeof text !== 'string' || text.length > MAX_KEPT_BYTES) {
      return await forgetOnce(request.context, key);
    }
    const contentType = reply.getHeader('content-type');
    await endOnce(request.context, key, {
      status: reply.statusCode,
      contentType: typeof contentType === 'string' ? contentType : null,
      body: text,
    });
  } catch (error) {
    // The change is made and told; only its repetition would be taken for a new one after a while.
    request.log.warn({ err: error }, 'answer not kept for its Idempotency-Key');
  }
}
