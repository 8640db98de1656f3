import { type Static, Type } from 'typebox';
import { nullable } from '#platform/http/index.ts';

export const askBody = Type.Object(
  {
    question: Type.String({ minLength: 1, description: 'What you want to know, in a sentence or in words.' }),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 20, default: 5, description: 'Most quotations to show.' }),
    ),
  },
  { additionalProperties: false },
);

export const quotationSchema = Type.Object({
  n: Type.Integer({ description: 'Its number, which citations use.' }),
  documentId: Type.String(),
  title: Type.String(),
  headingPath: Type.Array(Type.String()),
  page: nullable(Type.Integer()),
  lineStart: Type.Integer(),
  lineEnd: Type.Integer(),
  start: Type.Integer({ description: 'Offset into the document’s text, in UTF-16 code units.' }),
  end: Type.Integer({ description: 'End, exclusive.' }),
  quote: Type.String({ description: 'The document’s text from start to end, unchanged.' }),
  score: Type.Number({
    description:
      'The share of what the question asks about that stands in the passage and its headings, 0 to 1.',
  }),
  url: Type.String({ description: 'Opens the document at the quotation.' }),
});

export const citationSchema = Type.Object({
  n: Type.Integer({ description: 'The number of the quotation.' }),
  start: Type.Integer(),
  end: Type.Integer(),
  quote: Type.String({ description: 'The document’s own words that bear out the sentence.' }),
});

export const sentenceSchema = Type.Object({
  text: Type.String(),
  supported: Type.Boolean({
    description: 'Whether each of its citations was found in the stored text and bears it out.',
  }),
  citations: Type.Array(citationSchema),
});

export const answerSchema = Type.Object({
  answered: Type.Boolean(),
  mode: Type.Union([Type.Literal('quotations'), Type.Literal('model')]),
  message: Type.String(),
  quotations: Type.Array(quotationSchema),
  sentences: Type.Optional(Type.Array(sentenceSchema)),
  lookedAt: Type.Object({
    documents: Type.Integer(),
    chunks: Type.Integer(),
    terms: Type.Array(Type.String()),
  }),
});

export type AskInput = Static<typeof askBody>;
export type Quotation = Static<typeof quotationSchema>;
export type Citation = Static<typeof citationSchema>;
export type Sentence = Static<typeof sentenceSchema>;
export type Answer = Static<typeof answerSchema>;
export type LookedAt = Answer['lookedAt'];
