import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitServer {
  /** Base URL; a repository is at `${url}/<folder under the root>`. */
  url: string;
  /** The Authorization header of each request, in order. */
  readonly authorizations: (string | undefined)[];
  close(): Promise<void>;
}

export interface GitServerOptions {
  /** Folder whose repositories are served. */
  root: string;
  /** The password that Basic authentication has to carry. */
  token?: string;
  /** Bytes a second of each answer; as fast as can be if not given. */
  bytesPerSecond?: number;
  /** Takes requests and never answers. */
  silent?: boolean;
  /** Answers everything with a redirect to this address. */
  redirectTo?: string;
}

/** A git smart-http server on a free loopback port: `git http-backend` behind Node's HTTP server. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    if (options.silent) return;
    if (options.redirectTo) {
      response.writeHead(301, { location: options.redirectTo + (request.url ?? '') }).end();
    } else if (options.token !== undefined && passwordOf(request) !== options.token) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else runBackend(request, response, options);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorizations,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function passwordOf(request: IncomingMessage): string | undefined {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  return scheme === 'Basic' && value
    ? Buffer.from(value, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : undefined;
}

function runBackend(request: IncomingMessage, response: ServerResponse, options: GitServerOptions): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_PROJECT_ROOT: options.root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      ...(request.headers['content-encoding']
        ? { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }
        : {}),
      ...(request.headers['content-length'] ? { CONTENT_LENGTH: request.headers['content-length'] } : {}),
    },
  });
  request.pipe(backend.stdin).on('error', () => {});
  response.on('close', () => backend.kill());
  void answer(backend.stdout, response, options.bytesPerSecond);
}

/** Turns the CGI answer into an HTTP one, throttled if asked. */
async function answer(
  output: AsyncIterable<Buffer>,
  response: ServerResponse,
  bytesPerSecond?: number,
): Promise<void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of output) {
    let body = chunk;
    if (head) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) continue;
      writeHead(head.toString('latin1', 0, end), response);
      body = head.subarray(end + 4);
      head = undefined;
    }
    for (let at = 0; at < body.length && !response.destroyed; ) {
      const step = bytesPerSecond === undefined ? body.length : Math.max(1, Math.floor(bytesPerSecond / 20));
      response.write(body.subarray(at, at + step));
      at += step;
      if (bytesPerSecond !== undefined)
        await new Promise((resolve) => setTimeout(resolve, (1000 * step) / bytesPerSecond));
    }
  }
  response.end();
}

function writeHead(text: string, response: ServerResponse): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const [name = '', value = ''] = line.split(': ');
    if (name === 'Status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
