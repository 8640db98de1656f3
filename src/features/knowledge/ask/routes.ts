import { Readable } from 'node:stream';
import { AppError, safeMessage } from '#platform/errors/index.ts';
import type { App } from '#platform/http/index.ts';
import { answerSchema, askBody } from './schema.ts';
import { type AskEvent, askQuestion, streamAnswer } from './service.ts';

/** Questions about the documents of the project. */
export async function askRoutes(app: App): Promise<void> {
  app.post(
    '/ask',
    {
      schema: {
        tags: ['knowledge'],
        summary: 'Ask the documents',
        description:
          'Answers with quotations, or with cited sentences if a language model is configured. With "Accept: text/event-stream" the events quotations, sentence, error and done are sent as they come.',
        body: askBody,
        response: { 200: answerSchema },
      },
      config: { permission: 'viewer' },
    },
    async (request, reply) => {
      if (!request.headers.accept?.includes('text/event-stream'))
        return askQuestion(request.context, request.body);
      const events = streamAnswer(request.context, request.body);
      // The first event comes before the status line, so that a question that is refused is refused properly.
      const first = await events.next();
      const stream = Readable.from(toServerSentEvents(first, events));
      return reply
        .header('content-type', 'text/event-stream')
        .header('cache-control', 'no-store')
        .send(stream as never);
    },
  );
}

async function* toServerSentEvents(
  first: IteratorResult<AskEvent, void>,
  rest: AsyncGenerator<AskEvent>,
): AsyncGenerator<string> {
  if (first.done) return;
  yield format(first.value);
  try {
    for await (const event of rest) yield format(event);
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'internal';
    yield format({ event: 'error', data: { code, message: safeMessage(error) } });
  }
}

function format({ event, data }: AskEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
