import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { appError } from '#platform/errors/index.ts';
import type { App } from '#platform/http/index.ts';

const YEAR_SECONDS = 31_536_000;
/**
 * For files without a hash in their names. In an image every file is of the same time, and the page of each release
 * of the same size: by these an old page would be taken for the present one.
 */
const ALWAYS_WHOLE = { etag: false, lastModified: false };
const COMPRESSED = /\.(br|gz)$/;

/** The built web application: from the source the folder is dist/web, from the build it lies beside. */
function webFolder(): string {
  const relative = import.meta.url.endsWith('.ts') ? '../../../dist/web/' : '../web/';
  return fileURLToPath(new URL(relative, import.meta.url));
}

/**
 * Serves the web application. Any address that a person may type gets its page; an unknown API path or a
 * missing asset is a plain 404 and never the page.
 */
export async function registerStaticWeb(app: App): Promise<void> {
  const root = webFolder();
  const built = existsSync(`${root}index.html`);
  if (built) {
    await app.register(fastifyStatic, {
      root,
      // A route for each of some hundred files, or one that takes every address, is not what is wanted here.
      serve: false,
      cacheControl: false,
      // What the build has compressed lies beside each file.
      preCompressed: true,
      setHeaders: (reply, path) => {
        const hashed = path.includes('/assets/');
        reply.header('cache-control', hashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
      },
    });
  }
  if (built) addFiles(app, root);
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const isPage = request.method === 'GET' && !path.startsWith('/api/') && !/\.[a-z0-9]+$/i.test(path);
    if (isPage && built)
      return reply.header('cache-control', 'no-cache').sendFile('index.html', ALWAYS_WHOLE);
    if (isPage && path === '/') {
      throw appError('web-not-built', 404, 'The web application is not built.', {
        remedy: 'Run `make build`.',
      });
    }
    throw appError('not-found', 404, `There is nothing at ${path}.`);
  });
}

function addFiles(app: App, root: string): void {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (!entry.isFile() || COMPRESSED.test(entry.name)) continue;
    app.get(`/${entry.name}`, { schema: { hide: true } }, (_, reply) =>
      reply.sendFile(entry.name, ALWAYS_WHOLE),
    );
  }
  app.get<{ Params: { file: string } }>('/assets/:file', { schema: { hide: true } }, ({ params }, reply) =>
    reply.sendFile(`assets/${params.file}`),
  );
}
