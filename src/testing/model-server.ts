import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type ModelProtocol = 'anthropic' | 'openai' | 'openai-compatible';

export interface ModelCall {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  /** Everything that was said to the model, as one text. */
  readonly text: string;
}

/** How the server behaves for one call. */
export type ModelBehaviour =
  | { readonly kind: 'answer'; readonly pieces: readonly string[]; readonly pauseMs?: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'truncated'; readonly pieces: readonly string[] }
  | { readonly kind: 'length'; readonly pieces: readonly string[] }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'endless' };

export interface ModelServer {
  readonly url: string;
  readonly calls: ModelCall[];
  close(): Promise<void>;
}

type Frame = { event?: string; data: unknown };

/** A local server that speaks the providers' streaming protocols and behaves, or misbehaves, as it is told. */
export async function startModelServer(
  protocol: ModelProtocol,
  behave: (call: ModelCall, index: number) => ModelBehaviour,
): Promise<ModelServer> {
  const calls: ModelCall[] = [];
  const server = createServer((request, response) => {
    readCall(request)
      .then((call) => {
        calls.push(call);
        return respond(response, protocol, behave(call, calls.length - 1));
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function readCall(request: IncomingMessage): Promise<ModelCall> {
  let raw = '';
  for await (const piece of request) raw += piece;
  const body: unknown = JSON.parse(raw);
  const texts: string[] = [];
  JSON.stringify(body, (_key, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return { path: request.url ?? '', headers: request.headers, body, text: texts.join('\n') };
}

async function respond(
  response: ServerResponse,
  protocol: ModelProtocol,
  behaviour: ModelBehaviour,
): Promise<void> {
  if (behaviour.kind === 'silent') return;
  if (behaviour.kind === 'status') {
    const error = { type: 'error', error: { type: 'some_error', message: 'secret detail of the provider' } };
    response.writeHead(behaviour.status, { 'content-type': 'application/json' }).end(JSON.stringify(error));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (behaviour.kind === 'malformed') {
    response.end('data: {"this is": not JSON\n\ndata: [1,2\n\n');
    return;
  }
  const write = ({ event, data }: Frame) =>
    response.write(
      `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
    );
  const speak = PROTOCOLS[protocol];
  for (const frame of speak.open()) write(frame);
  if (behaviour.kind === 'endless') {
    while (!response.destroyed) {
      write(speak.piece('and on and on '.repeat(50)));
      await sleep(1);
    }
    return;
  }
  for (const piece of behaviour.pieces) {
    write(speak.piece(piece));
    if (behaviour.kind === 'answer' && behaviour.pauseMs) await sleep(behaviour.pauseMs);
  }
  if (behaviour.kind === 'truncated') {
    await sleep(20);
    response.destroy();
    return;
  }
  for (const frame of speak.close(behaviour.kind === 'length')) write(frame);
  response.end();
}

interface Speech {
  open(): Frame[];
  piece(text: string): Frame;
  close(tooLong: boolean): Frame[];
}

function typed(data: { type: string } & Record<string, unknown>): Frame {
  return { event: data.type, data };
}

const usage = { input_tokens: 1, output_tokens: 1 };

const anthropic: Speech = {
  open: () => [
    typed({
      type: 'message_start',
      message: {
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        usage,
      },
    }),
    typed({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ],
  piece: (text) => typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  close: (tooLong) => [
    typed({ type: 'content_block_stop', index: 0 }),
    typed({
      type: 'message_delta',
      delta: { stop_reason: tooLong ? 'max_tokens' : 'end_turn', stop_sequence: null },
      usage,
    }),
    typed({ type: 'message_stop' }),
  ],
};

const openai: Speech = {
  open: () => [
    typed({ type: 'response.created', response: { id: 'r', created_at: 1, model: 'm' } }),
    typed({ type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'i' } }),
  ],
  piece: (delta) =>
    typed({ type: 'response.output_text.delta', item_id: 'i', output_index: 0, content_index: 0, delta }),
  close: (tooLong) => [
    typed({ type: 'response.output_item.done', output_index: 0, item: { type: 'message', id: 'i' } }),
    tooLong
      ? typed({
          type: 'response.incomplete',
          response: { incomplete_details: { reason: 'max_output_tokens' }, usage },
        })
      : typed({ type: 'response.completed', response: { incomplete_details: null, usage } }),
  ],
};

const chunk = (delta: object, finish_reason: string | null): Frame => ({
  data: {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  },
});

const chat: Speech = {
  open: () => [chunk({ role: 'assistant', content: '' }, null)],
  piece: (content) => chunk({ content }, null),
  close: (tooLong) => [chunk({}, tooLong ? 'length' : 'stop'), { data: '[DONE]' }],
};

const PROTOCOLS: Record<ModelProtocol, Speech> = { anthropic, openai, 'openai-compatible': chat };
