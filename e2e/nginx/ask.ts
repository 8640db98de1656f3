import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { SERVER_NAME } from './edge.ts';

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
}

export interface Answered {
  status: number;
  headers: IncomingMessage['headers'];
  /** Every value of a header as it stood on the wire. */
  all(name: string): string[];
  body: Buffer;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what tests assert.
  json(): any;
}

/** Sends a request as it is, follows nothing and unpacks nothing. Over TLS the certificate is not checked. */
export function ask(url: string, asked: Asked = {}): Promise<Answered> {
  const { method = 'GET', headers = {}, body, agent } = asked;
  // Not parsed as a URL, which would mend the path.
  const [, scheme, hostname, port, path = '/'] = /^(https?):\/\/([^:/]+):(\d+)(\/.*)?$/.exec(url) ?? [];
  const options = { method, headers, hostname, port, path, ...(agent ? { agent } : {}) };
  return new Promise((resolve, reject) => {
    const heard = (response: IncomingMessage): void => {
      buffer(response).then((content) => resolve(toAnswer(response, content)), reject);
    };
    const request =
      scheme === 'https'
        ? httpsRequest({ ...options, rejectUnauthorized: false, servername: SERVER_NAME }, heard)
        : httpRequest(options, heard);
    request.on('error', reject);
    request.end(body);
  });
}

function toAnswer(response: IncomingMessage, body: Buffer): Answered {
  const { rawHeaders } = response;
  const text = body.toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    all: (name) =>
      rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name.toLowerCase()),
    body,
    text,
    json: () => JSON.parse(text),
  };
}
