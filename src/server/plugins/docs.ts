import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from '#platform/http/index.ts';

/** Describes the API as OpenAPI 3.1, from the routes' own schemas. */
export async function registerOpenApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    // Who may call it stands in the route's own configuration, and so does it in the description.
    transform: ({ schema, url, route }) => ({
      schema: { ...schema, 'x-permission': route.config?.permission },
      url,
    }),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'CommandCenter API',
        version,
        description: 'Errors are RFC 9457 problem details. Lists take `limit` and `cursor`.',
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API token (cc_…), or on this machine the one in DATA_DIR/owner-token.',
          },
          session: { type: 'apiKey', in: 'cookie', name: 'commandcenter_session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
  });
}

/** The page to try the API on, and its description as JSON at `/api/docs/json`. */
export async function registerDocsPage(app: App): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: true,
    uiConfig: { persistAuthorization: false, docExpansion: 'list' },
  });
}
