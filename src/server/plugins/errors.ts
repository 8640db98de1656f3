import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, appError } from '#platform/errors/index.ts';
import type { App } from '#platform/http/index.ts';

const RETRY_AFTER_SECONDS = 5;

/** Every error leaves as RFC 9457 problem details: a stable code, a plain sentence, and what to do. */
export function registerErrors(app: App): void {
  app.setErrorHandler((error: FastifyError | AppError, request, reply) => sendProblem(error, request, reply));
}

/** Answers with the problem that stands for `error`; what isn't meant for the caller is only logged. */
export function sendProblem(
  error: FastifyError | AppError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = toAppError(error);
  // What is foreseen is named once a request; a stack for each would bury the log while the database is away.
  if (error instanceof AppError && problem.status >= 500) {
    request.log.warn({ code: problem.code, reason: problem.message }, 'request failed');
  } else if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
  const wait = (problem.details as { retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds;
  if (typeof wait === 'number') reply.header('retry-after', wait);
  else if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .header('x-request-id', request.id)
    .send(
      JSON.stringify({
        type: `urn:commandcenter:problem:${problem.code}`,
        title: problem.message,
        status: problem.status,
        code: problem.code,
        ...(problem.remedy ? { remedy: problem.remedy } : {}),
        ...(problem.details === undefined ? {} : { details: problem.details }),
        requestId: request.id,
      }),
    );
}

function toAppError(error: FastifyError | AppError): AppError {
  if (error instanceof AppError) return error;
  if (error.validation) {
    const details = error.validation.map(({ instancePath, message }) => ({ path: instancePath, message }));
    return appError('invalid-request', 400, `The request is not valid: ${error.message}.`, {
      remedy: 'The API page at /api/docs shows what is expected.',
      details,
    });
  }
  if (error.statusCode === 413) {
    return appError('too-large', 413, 'The request is larger than this server accepts.', {
      remedy: 'Send it in smaller parts.',
    });
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return appError(
      error.code?.toLowerCase().replaceAll('_', '-') ?? 'bad-request',
      error.statusCode,
      error.message,
    );
  }
  return appError('internal', 500, 'Something went wrong on the server.', {
    remedy: 'Look for the request id in its log.',
  });
}
