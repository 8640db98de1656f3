import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { createProvider } from '#features/identity/index.ts';
import type { Platform } from '#platform/context/index.ts';
import type { App } from '#platform/http/index.ts';
import { createSerializers, createValidators } from './compile-schemas.ts';
import { identify, registerAuth } from './plugins/auth.ts';
import { registerDocsPage, registerOpenApi } from './plugins/docs.ts';
import { registerErrors, sendProblem } from './plugins/errors.ts';
import { registerHeaders } from './plugins/headers.ts';
import { registerHealth } from './plugins/health.ts';
import { registerIdempotency } from './plugins/idempotency.ts';
import { jobRoutes } from './plugins/job-routes.ts';
import { registerMetrics } from './plugins/metrics.ts';
import { registerOidc } from './plugins/oidc-routes.ts';
import { registerOverload } from './plugins/overload.ts';
import { registerRequestTelemetry } from './plugins/request-telemetry.ts';
import { registerRequestText } from './plugins/request-text.ts';
import { registerSameOrigin } from './plugins/same-origin.ts';
import { registerLogin, type SessionFacts, sessionRoutes } from './plugins/session-routes.ts';
import { registerStaticWeb } from './plugins/static-web.ts';
import { createRequestIds } from './request-ids.ts';

export type { SessionFacts };
export type Routes = (app: App) => Promise<void>;

export interface ServerParts {
  platform: Platform;
  facts: () => SessionFacts;
  /** What the features bring, mounted under /api/v1. */
  routes: readonly Routes[];
}

/** Routes that take whole documents say so themselves. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** A search stands in the URL; one that is far too long is to be told so in words, not by a bare 431. */
const MAX_HEADER_BYTES = 256 * 1024;
const MAX_HEADERS = 100;
const REQUEST_TIMEOUT_MS = 120_000;

/** Builds the HTTP server; it does not listen yet. */
export async function buildServer(parts: ServerParts): Promise<App> {
  const { platform } = parts;
  const app: App = Fastify({
    loggerInstance: platform.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: createRequestIds(platform.config.trustedProxies),
    // Each line says by itself which request it belongs to, so no request needs a logger of its own.
    childLoggerFactory: (logger) => logger,
    bodyLimit: BODY_LIMIT_BYTES,
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    requestTimeout: REQUEST_TIMEOUT_MS,
    // An address that can't be decoded is refused before any hook runs.
    frameworkErrors: (error, request, reply) =>
      void sendProblem(error, request, reply.header('x-content-type-options', 'nosniff')),
    // What is under way is finished when the process stops, connections that are only kept alive are closed.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 500 },
    // The address of the caller, and whether it came over TLS, is what these say, and nobody else.
    trustProxy: platform.config.trustedProxies.length > 0 ? platform.config.trustedProxies : false,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.server.maxHeadersCount = MAX_HEADERS;
  app.setValidatorCompiler(createValidators());
  app.setSerializerCompiler(createSerializers());
  registerRequestTelemetry(app, platform);
  registerErrors(app);
  registerRequestText(app);
  registerHeaders(app);
  registerOverload(app, platform);
  registerSameOrigin(app, platform.config);
  await registerAuth(app, platform);
  registerIdempotency(app);
  await registerOpenApi(app, parts.facts().version);

  registerMetrics(app, platform);
  registerHealth(app, platform, async (request) => (await identify(request)) !== null);
  const provider = createProvider(platform);
  registerLogin(app);
  if (provider) registerOidc(app, provider);
  const routes: Routes[] = [sessionRoutes(parts.facts, provider), jobRoutes, ...parts.routes];
  for (const route of routes) await app.register(route, { prefix: '/api/v1' });
  await registerDocsPage(app);
  await registerStaticWeb(app);
  return app;
}
