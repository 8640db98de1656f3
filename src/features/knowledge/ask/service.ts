import type { Context } from '#platform/context/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import type { LanguageModel } from '#platform/models/index.ts';
import { checkQuery, indexStatus } from '../search/service.ts';
import { type Finding, type FoundQuotation, findQuotations } from './find-quotations.ts';
import { NOT_FOUND, writePrompt } from './prompt.ts';
import { readSentences } from './read-sentences.ts';
import type { Answer, AskInput, Quotation, Sentence } from './schema.ts';
import { verifySentence } from './verify-sentence.ts';

/** What happens while an answer is made; `done` comes last and holds the whole of it. */
export type AskEvent =
  | { readonly event: 'quotations'; readonly data: Pick<Answer, 'quotations' | 'lookedAt'> }
  | { readonly event: 'sentence'; readonly data: Sentence }
  | { readonly event: 'error'; readonly data: { code: string; message: string; remedy?: string } }
  | { readonly event: 'done'; readonly data: Answer };

const DEFAULT_LIMIT = 5;
const MAX_OUTPUT_TOKENS = 1_200;

/** Answers a question from the project's documents, with citations, or says that they hold no answer. */
export async function askQuestion(context: Context, input: AskInput): Promise<Answer> {
  for await (const step of streamAnswer(context, input)) if (step.event === 'done') return step.data;
  throw appError('answer-interrupted', 500, 'The answer was not finished.');
}

/** The same as {@link askQuestion}, step by step. */
export async function* streamAnswer(context: Context, input: AskInput): AsyncGenerator<AskEvent> {
  const question = checkQuery(input.question);
  const finding = await findQuotations(context, question, input.limit ?? DEFAULT_LIMIT);
  const quotations = finding.quotations.map(toQuotation);
  const { lookedAt } = finding;
  yield { event: 'quotations', data: { quotations, lookedAt } };
  const model = context.platform.models.language;
  if (quotations.length === 0) {
    const message = await explainNothing(context, finding);
    yield { event: 'done', data: { answered: false, mode: 'quotations', message, quotations, lookedAt } };
    return;
  }
  if (!model) {
    const message =
      quotations.length === 1 ? 'One passage answers.' : `${quotations.length} passages answer, best first.`;
    yield { event: 'done', data: { answered: true, mode: 'quotations', message, quotations, lookedAt } };
    return;
  }
  yield* answerWithModel(context, model, question, finding);
}

async function* answerWithModel(
  context: Context,
  model: LanguageModel,
  question: string,
  finding: Finding,
): AsyncGenerator<AskEvent> {
  const base = { quotations: finding.quotations.map(toQuotation), lookedAt: finding.lookedAt };
  const sentences: Sentence[] = [];
  try {
    for await (const sentence of writeSentences(context, model, question, finding.quotations)) {
      sentences.push(sentence);
      yield { event: 'sentence', data: sentence };
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    context.log.warn({ err: error, model: model.name }, 'the language model gave no answer');
    const { code, message, remedy } = error;
    yield { event: 'error', data: { code, message, ...(remedy ? { remedy } : {}) } };
    yield {
      event: 'done',
      data: { answered: true, mode: 'quotations', message: `${message} ${INSTEAD}`, ...base },
    };
    return;
  }
  yield { event: 'done', data: { ...conclude(sentences), ...base } };
}

const INSTEAD = 'These are the passages that were found.';

function conclude(sentences: Sentence[]): Omit<Answer, 'quotations' | 'lookedAt'> {
  if (sentences.length === 0) {
    return {
      answered: false,
      mode: 'model',
      message: `${NOT_IN_DOCUMENTS} The passages that come nearest are shown.`,
      sentences,
    };
  }
  const unsupported = sentences.filter((sentence) => !sentence.supported).length;
  if (unsupported === sentences.length) {
    const message = `The language model's answer could not be tied to the documents, so it isn't to be relied on. ${INSTEAD}`;
    return { answered: true, mode: 'quotations', message, sentences };
  }
  const message =
    unsupported === 0
      ? 'Every sentence was checked against the documents.'
      : `${unsupported} of ${sentences.length} sentences could not be tied to the documents and are marked.`;
  return { answered: true, mode: 'model', message, sentences };
}

async function* writeSentences(
  context: Context,
  model: LanguageModel,
  question: string,
  quotations: readonly FoundQuotation[],
): AsyncGenerator<Sentence> {
  const request = {
    ...writePrompt(question, quotations),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    signal: context.signal,
  };
  let written = 0;
  for await (const sentence of readSentences(model.stream(request))) {
    written += 1;
    const isNotFound = sentence.citations.length === 0 && sentence.text.replace(/\W+$/, '') === NOT_FOUND;
    if (!isNotFound) yield await verifySentence(sentence, quotations);
  }
  if (written === 0) throw appError('model-answer-empty', 502, 'The language model answered nothing.');
}

const NOT_IN_DOCUMENTS = 'Not found in your documents.';

async function explainNothing(context: Context, { lookedAt }: Finding): Promise<string> {
  if (lookedAt.documents === 0) return `${NOT_IN_DOCUMENTS} There are none yet.`;
  if (lookedAt.terms.length === 0) return `${NOT_IN_DOCUMENTS} The question names nothing to look for.`;
  const { state, pending } = await indexStatus(context);
  const looked = `Looked for ${lookedAt.terms.join(', ')} in ${lookedAt.documents} documents.`;
  if (state === 'rebuilding')
    return `${NOT_IN_DOCUMENTS} The search index is being built; ask again when it is done.`;
  const waiting = pending > 0 ? ` ${pending} documents are still being indexed.` : '';
  return `${NOT_IN_DOCUMENTS} ${looked}${waiting}`;
}

function toQuotation({ chunk: _chunk, ...quotation }: FoundQuotation): Quotation {
  return quotation;
}
