import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Platform } from '#platform/context/index.ts';
import type { App } from '#platform/http/index.ts';
import { createAdmission } from '../admission.ts';

/** Who was refused comes again after 1 to 4 seconds, not all at the same time. */
const SOONEST_SECONDS = 1;
const SPREAD_SECONDS = 4;
const TYPE = 'application/problem+json';

/**
 * Refuses requests to the API with 503 and Retry-After while more are under way than the process can answer in time,
 * before anything is looked up for them. What watches it, the files of the page and event streams, which wait for news
 * and cost little meanwhile, are neither counted nor refused.
 */
export function registerOverload(app: App, { config, metrics, log }: Platform): void {
  const admission = createAdmission(config.maxRequestsUnderWay);
  let refused = 0;
  metrics.addGauges({
    gauges: [
      {
        name: 'commandcenter_http_requests_under_way',
        help: 'Requests to the API that this process is answering; event streams are not counted.',
      },
    ],
    read: () => ({ commandcenter_http_requests_under_way: admission.underWay }),
  });
  const leave = (): void => admission.leave();

  app.addHook('onRequest', (request, reply, done) => {
    const { permission, stream } = request.routeOptions.config;
    if (permission === undefined || permission === 'monitoring' || stream) return done();
    if (admission.admits()) {
      if (refused > 0 && !admission.pressed) {
        log.warn({ refused }, 'caught up: requests are let in again');
        refused = 0;
      }
      admission.enter();
      request.onEnd = leave;
      return done();
    }
    if (refused === 0) {
      log.warn({ underWay: admission.underWay }, 'too many requests under way: more are refused');
    }
    refused += 1;
    metrics.refused.add();
    refuse(request, reply);
  });
}

/** As `sendProblem` would say it, without a line in the log for each. */
function refuse(request: FastifyRequest, reply: FastifyReply): void {
  const seconds = SOONEST_SECONDS + Math.floor(Math.random() * SPREAD_SECONDS);
  void reply
    .code(503)
    .header('retry-after', seconds)
    .type(TYPE)
    .send(
      JSON.stringify({
        type: 'urn:commandcenter:problem:overloaded',
        title: 'The server has more to do than it can answer in time.',
        status: 503,
        code: 'overloaded',
        remedy: `Try again in ${seconds} seconds.`,
        details: { retryAfterSeconds: seconds },
        requestId: request.id,
      }),
    );
}
