import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';

/** A request as it goes over the wire: nothing of it is checked or mended on the way. */
export interface RawRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface RawAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
  ms: number;
}

const TIMEOUT_MS = 10_000;
/** How much of a stream of events is listened to. */
const STREAM_MS = 100;

/** Sends it and reads the whole answer, of a stream its beginning. Rejects if nothing is said for 10 seconds. */
export function sendRaw(url: string, agent: Agent, sent: RawRequest): Promise<RawAnswer> {
  const { method, path, headers, body } = sent;
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = httpRequest(
      `${url}${path}`,
      { method, agent, timeout: TIMEOUT_MS, headers: { ...headers, ...length } },
      (response) => {
        void read(response).then((text) => {
          const { statusCode: status = 0, headers: told } = response;
          resolve({ status, headers: told, text, ms: performance.now() - begin });
        }, reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

async function read(response: IncomingMessage): Promise<string> {
  let text = '';
  const stop = response.headers['content-type']?.startsWith('text/event-stream')
    ? setTimeout(() => response.destroy(), STREAM_MS)
    : undefined;
  try {
    for await (const piece of response) text += String(piece);
  } catch (error) {
    if (!stop) throw error;
  }
  clearTimeout(stop);
  return text;
}
