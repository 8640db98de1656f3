import type { LanguageModel as SdkModel } from 'ai';
import { appError } from '#platform/errors/index.ts';
import { currentWork, startSpan } from '#platform/telemetry/index.ts';
import { explainModelError } from './explain-model-error.ts';

/** The part of the configuration that names a model. */
export interface ModelSettings {
  readonly modelProvider: 'anthropic' | 'openai' | 'openai-compatible' | undefined;
  readonly modelName: string | undefined;
  readonly modelApiKey: string | undefined;
  readonly modelBaseUrl: string | undefined;
  readonly modelTimeoutSeconds: number;
}

export interface ModelRequest {
  readonly instructions: string;
  readonly prompt: string;
  readonly maxOutputTokens: number;
  readonly signal: AbortSignal;
}

export interface LanguageModel {
  readonly provider: string;
  readonly name: string;
  /** The answer piece by piece. Ends in an AppError if it fails, takes too long, or breaks off. */
  stream(request: ModelRequest): AsyncIterable<string>;
}

export interface Models {
  /** The model that writes answers, or null if none is configured. */
  readonly language: LanguageModel | null;
}

/** One further attempt, after the pause that the provider asks for, as long as nothing has arrived yet. */
const RETRIES = 1;
const MAX_CHARACTERS = 60_000;

/** The models that the configuration names. The SDK is loaded when a model is first asked. */
export function createModels(settings: ModelSettings): Models {
  const { modelProvider: provider, modelName: name } = settings;
  if (!provider || !name) return { language: null };
  const timeoutMs = settings.modelTimeoutSeconds * 1000;
  const language: LanguageModel = {
    provider,
    name,
    stream: (request) =>
      watchStream(
        { provider, name },
        streamAnswer(() => loadModel(settings, name), request, timeoutMs),
      ),
  };
  return { language };
}

/** A call of the model in a span, counted and timed until its last piece. */
async function* watchStream(
  model: { provider: string; name: string },
  pieces: AsyncIterable<string>,
): AsyncGenerator<string> {
  const work = currentWork();
  const span = startSpan(`chat ${model.name}`, 'client', {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': model.provider,
    'gen_ai.request.model': model.name,
  });
  const begin = performance.now();
  let failure: { error: unknown } | undefined;
  try {
    yield* pieces;
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    const ms = performance.now() - begin;
    span?.end(failure?.error);
    if (work) work.spent.model += ms;
    work?.metrics.modelCalls.observe(ms / 1000, model.provider, failure ? 'failed' : 'ok');
  }
}

async function loadModel(settings: ModelSettings, name: string): Promise<SdkModel> {
  // An empty key keeps the SDK from looking for one in the environment by itself.
  const apiKey = settings.modelApiKey ?? '';
  const base = settings.modelBaseUrl ? { baseURL: settings.modelBaseUrl.replace(/\/+$/, '') } : {};
  switch (settings.modelProvider) {
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic({ apiKey, ...base })(name);
    }
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI({ apiKey, ...base })(name);
    }
    default: {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      const key = apiKey === '' ? {} : { apiKey };
      return createOpenAICompatible({ name: 'openai-compatible', baseURL: base.baseURL ?? '', ...key })(name);
    }
  }
}

async function* streamAnswer(
  load: () => Promise<SdkModel>,
  request: ModelRequest,
  timeoutMs: number,
): AsyncGenerator<string> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const abortSignal = AbortSignal.any([request.signal, timeout]);
  const failure = (error: unknown) => {
    if (request.signal.aborted) return request.signal.reason as Error;
    return explainModelError(timeout.aborted ? timeout.reason : error, timeoutMs);
  };
  let characters = 0;
  try {
    const [{ streamText }, model] = await Promise.all([import('ai'), load()]);
    const result = streamText({
      model,
      instructions: request.instructions,
      prompt: request.prompt,
      maxOutputTokens: request.maxOutputTokens,
      maxRetries: RETRIES,
      abortSignal,
      // Failures are thrown below, where they are explained; the SDK would print them.
      onError: () => undefined,
    });
    let finished = false;
    for await (const part of result.stream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'abort') abortSignal.throwIfAborted();
      if (part.type === 'finish') finished = part.finishReason === 'stop';
      if (part.type !== 'text-delta') continue;
      characters += part.text.length;
      if (characters > MAX_CHARACTERS)
        throw appError('model-answer-too-long', 502, 'The language model does not stop.');
      yield part.text;
    }
    if (!finished)
      throw appError('model-answer-truncated', 502, 'The answer of the language model broke off.');
  } catch (error) {
    throw failure(error);
  }
}
