import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
  // Named, because the build puts the code of the page elsewhere than its files.
  const installed = createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json');
  const files = join(dirname(installed), 'static');
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    baseDir: files,
    logo: { type: 'image/svg+xml', content: await readFile(join(files, 'logo.svg')) },
    staticCSP: true,
    uiConfig: { persistAuthorization: false, docExpansion: 'list' },
  });
}
