import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
}

/** A server behind nginx that remembers what it was asked. */
export interface FakeUpstream {
  /** As an upstream is named: host:port. */
  address: string;
  seen: SeenRequest[];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Tells who answers and what was asked. */
export const echo =
  (name: string): Answer =>
  (request, response) => {
    request.resume();
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ name, method: request.method, url: request.url, headers: request.headers }),
      );
    });
  };

/** Starts a small HTTP server on a free port. */
export async function startFake(answer: Answer, host = '127.0.0.1', port = 0): Promise<FakeUpstream> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.keepAliveTimeout = 70_000;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    address: `${host}:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
