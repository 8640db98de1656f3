import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem, callApi } from '../../api/client.ts';
import type { AskAnswer, Quotation, Sentence } from '../../api/types.ts';

interface ServerEvent {
  event: string;
  data: string;
}

/** Splits a stream of server-sent events; fetch is used because EventSource can't post a question. */
export async function* readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = `${rest}${value}`.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split(/\r?\n/);
      const field = (name: string): string[] =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
      const data = field('data').join('\n');
      if (data !== '') yield { event: field('event')[0] ?? 'message', data };
    }
  }
}

export interface Conversation {
  question: string;
  state: 'asking' | 'done' | 'failed';
  quotations: Quotation[];
  sentences: Sentence[];
  answer?: AskAnswer;
  problem?: Error;
}

function withEvent(before: Conversation, { event, data }: ServerEvent): Conversation {
  const value = JSON.parse(data);
  switch (event) {
    case 'quotations':
      return { ...before, quotations: Array.isArray(value) ? value : value.quotations };
    case 'sentence':
      return { ...before, sentences: [...before.sentences, value] };
    case 'done': {
      const answer: AskAnswer = value;
      return {
        ...before,
        state: 'done',
        answer,
        quotations: answer.quotations ?? before.quotations,
        sentences: answer.sentences ?? before.sentences,
      };
    }
    case 'error':
      return {
        ...before,
        state: 'failed',
        problem: new ApiProblem(
          value.status ?? 500,
          value.code ?? 'ask-failed',
          value.title ?? value.message,
          { remedy: value.remedy, requestId: value.requestId },
        ),
      };
    default:
      return before;
  }
}

async function ask(
  question: string,
  signal: AbortSignal,
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  const response = await callApi('/api/v1/ask', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ question }),
    signal,
  });
  if (!response.body) return;
  for await (const event of readEvents(response.body)) onEvent(event);
}

/** Asks one question at a time; a new one stops the one before. */
export function useAsk() {
  const [conversation, setConversation] = useState<Conversation | null>(null);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback((question: string): void => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    setConversation({ question, state: 'asking', quotations: [], sentences: [] });
    const change = (next: (before: Conversation) => Conversation): void => {
      if (!control.signal.aborted) setConversation((before) => before && next(before));
    };
    ask(question, control.signal, (event) => change((before) => withEvent(before, event)))
      .then(() =>
        change((before) =>
          before.state === 'asking'
            ? { ...before, state: 'failed', problem: new Error('The answer broke off. Ask again.') }
            : before,
        ),
      )
      .catch((problem: Error) => change((before) => ({ ...before, state: 'failed', problem })));
  }, []);
  return { conversation, start };
}
