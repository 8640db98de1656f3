import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Agent, FormData, request } from 'undici';
import type { Caller } from './callers.ts';
import { addressOf, headersOf, type More } from './fill-call.ts';
import { loopbackOrigin } from './loopback.ts';
import type { Call } from './scenario.ts';
import type { Filler } from './values.ts';

export interface Answer {
  status: number;
  /** Why it counts as failed. */
  failure?: string;
  /** What a list or a technology answers; read only where a later call needs it. */
  body(): Record<string, unknown>;
}

export interface Sender {
  /** Sends a call and reads its answer to the end. Never throws. */
  send(call: Call, caller: Caller, filler: Filler, more?: More): Promise<Answer>;
  /** Holds a stream of events open until it ends or `signal` says so; true if it was ended by `signal`. */
  follow(path: string, caller: Caller, signal: AbortSignal, opened: () => void): Promise<boolean>;
  close(): Promise<void>;
}

export interface SenderOptions {
  url: string;
  /** What is under way for longer has failed. */
  answerLimitMs: number;
  connections: number;
}

/** Sends over kept connections, as many as are needed at once up to a limit. */
export function createSender({ url, answerLimitMs, connections }: SenderOptions): Sender {
  const origin = loopbackOrigin(url);
  const agent = new Agent({
    connections,
    headersTimeout: answerLimitMs,
    bodyTimeout: answerLimitMs,
    pipelining: 1,
  });
  // Streams are open all the time; they take no connection away from the others.
  const streams = new Agent({ headersTimeout: answerLimitMs, bodyTimeout: 0, pipelining: 1 });
  return {
    async send(call, caller, filler, more = {}) {
      const body = bodyOf(call, filler);
      try {
        const answer = await request(`${origin}${addressOf(call, filler, more)}`, {
          dispatcher: agent,
          method: call.method,
          headers: { ...caller.headers, ...headersOf(call, filler, more) },
          signal: AbortSignal.timeout(answerLimitMs),
          ...(body === undefined ? {} : { body }),
        });
        const bytes = Buffer.from(await answer.body.arrayBuffer());
        const { statusCode: status } = answer;
        const text = (): string => decode(bytes, String(answer.headers['content-encoding'] ?? ''));
        const failure = failureOf(status, text);
        return { status, body: () => JSON.parse(text()), ...(failure ? { failure } : {}) };
      } catch (error) {
        return { status: 0, body: () => ({}), failure: nameOf(error) };
      }
    },
    async follow(path, caller, signal, opened) {
      try {
        const headers = { ...caller.headers, accept: 'text/event-stream' };
        const answer = await request(`${origin}/api/v1${path}`, { dispatcher: streams, headers, signal });
        if (answer.statusCode === 200) opened();
        await answer.body.dump({ limit: Number.POSITIVE_INFINITY, signal });
      } catch {
        // Ended by us, or broken: which of them is what is asked for.
      }
      return signal.aborted;
    },
    async close() {
      await agent.destroy();
      await streams.destroy();
    },
  };
}

function bodyOf({ upload, body }: Call, filler: Filler): string | FormData | undefined {
  if (!upload) return body === undefined ? undefined : JSON.stringify(filler.value(body));
  const form = new FormData();
  form.append('files', new File([filler.text(upload.text)], filler.text(upload.name)));
  return form;
}

function decode(bytes: Buffer, encoding: string): string {
  if (encoding === 'br') return brotliDecompressSync(bytes).toString();
  return (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

/** Everything but an answer with 2xx is a failure; a stream that tells of an error is one too. */
function failureOf(status: number, text: () => string): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  const code = /"code":"([a-z-]+)"/.exec(text())?.[1];
  return `${status} ${code ?? 'without a code'}`;
}

function nameOf(error: unknown): string {
  const { name, code, cause } = error as { name?: string; code?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  return cause?.code ?? code ?? name ?? String(error);
}
