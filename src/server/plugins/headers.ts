import { type App, HSTS, SECURITY_HEADERS } from '#platform/http/index.ts';

const names = Object.entries(SECURITY_HEADERS).map(([name, value]) => [name.toLowerCase(), value]);
const ALWAYS: Record<string, string> = Object.fromEntries(names);

/** Security headers on every answer. */
export function registerHeaders(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(ALWAYS);
    // Behind a proxy that isn't trusted nobody knows.
    if (request.protocol === 'https') reply.header('strict-transport-security', HSTS);
    // Answers are about somebody; those that may be kept say so themselves.
    if (request.url.startsWith('/api/v1/')) reply.header('cache-control', 'no-store');
    done();
  });
}
