import type { Config } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { App } from '#platform/http/index.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const ANY_ADDRESS = ['0.0.0.0', '::', ''];

/**
 * Refuses requests that a foreign web page makes a browser send: a Host that isn't ours (DNS rebinding) or
 * an Origin that isn't the page's own (cross-site requests).
 */
export function registerSameOrigin(app: App, config: Config): void {
  const own = ANY_ADDRESS.includes(config.host) ? [] : [config.host.toLowerCase()];
  const published = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).hostname];
  const named = config.allowedHosts.map((host) => host.toLowerCase());
  const allowed = new Set([...LOOPBACK, ...own, ...published, ...named]);

  app.addHook('onRequest', async (request) => {
    const host = request.headers.host ?? '';
    const hostname = host.replace(/:\d+$/, '').toLowerCase();
    if (!allowed.has(hostname)) {
      throw appError('host-refused', 403, `Requests for the host "${hostname}" are not answered.`, {
        remedy: 'Use the address that was printed at start, or add the name to ALLOWED_HOSTS.',
      });
    }
    const { origin } = request.headers;
    if (origin !== undefined && !isSameOrigin(origin, host)) {
      throw appError('origin-refused', 403, 'Requests from other web pages are not answered.');
    }
    if (
      request.headers['sec-fetch-site'] === 'cross-site' &&
      !isNavigation(request.headers['sec-fetch-mode'])
    ) {
      throw appError('origin-refused', 403, 'Requests from other web pages are not answered.');
    }
  });
}

const isNavigation = (mode: string | string[] | undefined): boolean => mode === 'navigate';

function isSameOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(`http://${host}`).host;
}
