import { afterEach, describe, expect, test } from 'vitest';
import {
  type ModelBehaviour,
  type ModelProtocol,
  type ModelServer,
  startModelServer,
} from '#testing/model-server.ts';
import { createModels, type LanguageModel } from './index.ts';

const servers: ModelServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function connect(
  modelProvider: ModelProtocol,
  behave: (index: number) => ModelBehaviour,
  modelTimeoutSeconds = 10,
): Promise<{ model: LanguageModel; server: ModelServer }> {
  const server = await startModelServer(modelProvider, (_call, index) => behave(index));
  servers.push(server);
  const settings = {
    modelProvider,
    modelName: 'm',
    modelApiKey: 'k-123',
    modelBaseUrl: server.url,
    modelTimeoutSeconds,
  };
  const { language } = createModels(settings);
  if (!language) throw new Error('no model');
  return { model: language, server };
}

async function answer(model: LanguageModel, signal = new AbortController().signal): Promise<string> {
  let text = '';
  for await (const piece of model.stream({
    instructions: 'Be brief.',
    prompt: 'Why?',
    maxOutputTokens: 100,
    signal,
  }))
    text += piece;
  return text;
}

test('there is no model unless one is configured', () => {
  const none = {
    modelName: undefined,
    modelApiKey: undefined,
    modelBaseUrl: undefined,
    modelTimeoutSeconds: 1,
  };
  expect(createModels({ ...none, modelProvider: undefined }).language).toBeNull();
});

describe.each<ModelProtocol>(['anthropic', 'openai', 'openai-compatible'])('%s', (protocol) => {
  test('streams an answer and sends instructions, question and key', async () => {
    const { model, server } = await connect(protocol, () => ({
      kind: 'answer',
      pieces: ['Because ', 'of it.'],
    }));
    expect(await answer(model)).toBe('Because of it.');
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.text).toContain('Be brief.');
    expect(server.calls[0]?.text).toContain('Why?');
    expect(JSON.stringify(server.calls[0]?.headers)).toContain('k-123');
  });

  test.each([
    [401, 'model-unauthorized', 1],
    [403, 'model-unauthorized', 1],
    [404, 'model-unknown', 1],
    [429, 'model-busy', 2],
    [500, 'model-failed', 2],
  ])(
    'explains %i without the provider’s own words, after a bounded number of calls',
    async (status, code, calls) => {
      const { model, server } = await connect(protocol, () => ({ kind: 'status', status }));
      const error: unknown = await answer(model).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code });
      expect((error as Error).message).not.toContain('secret detail');
      expect(server.calls).toHaveLength(calls);
    },
  );

  test('tries once more after a passing failure', async () => {
    const { model } = await connect(protocol, (index) =>
      index === 0 ? { kind: 'status', status: 503 } : { kind: 'answer', pieces: ['Fine.'] },
    );
    expect(await answer(model)).toBe('Fine.');
  });

  test.each<[string, ModelBehaviour, RegExp]>([
    ['broke off', { kind: 'truncated', pieces: ['Beca'] }, /^model-(unreachable|answer-truncated)$/],
    ['was cut by its length', { kind: 'length', pieces: ['Beca'] }, /^model-answer-truncated$/],
    ['cannot be read', { kind: 'malformed' }, /^model-malformed$/],
    ['does not stop', { kind: 'endless' }, /^model-answer-too-long$/],
  ])('an answer that %s is an error', async (_name, behaviour, code) => {
    const { model } = await connect(protocol, () => behaviour);
    await expect(answer(model)).rejects.toMatchObject({ code: expect.stringMatching(code) });
  });

  test('an answer that does not come in time is an error', async () => {
    const { model } = await connect(protocol, () => ({ kind: 'silent' }), 1);
    await expect(answer(model)).rejects.toMatchObject({ code: 'model-timeout', status: 504 });
  });

  test('ends when the caller goes away', async () => {
    const { model } = await connect(protocol, () => ({ kind: 'silent' }));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    await expect(answer(model, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a server that is not there is an error', async () => {
    const { model, server } = await connect(protocol, () => ({ kind: 'silent' }));
    await server.close();
    await expect(answer(model)).rejects.toMatchObject({ code: 'model-unreachable' });
  });
});
