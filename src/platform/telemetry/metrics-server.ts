import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appError } from '#platform/errors/index.ts';
import type { Metrics } from './metrics.ts';

/** Serves /metrics and /livez on a port of their own, which only monitoring is meant to reach. */
export async function startMetricsServer(
  metrics: Metrics,
  at: { host: string; port: number },
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' || (path !== '/metrics' && path !== '/livez')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Here are /metrics and /livez.\n');
    } else if (path === '/livez') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    } else {
      metrics.render().then(
        ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    }
  });
  server.requestTimeout = 10_000;
  await listen(server, at);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause);
      reject(
        appError('port-in-use', 409, `METRICS_PORT ${port} on ${host} is taken by another program.`, {
          remedy: 'Stop it, or choose another one.',
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}
