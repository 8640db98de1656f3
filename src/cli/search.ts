import type { Command } from 'commander';
import { withClient } from './client.ts';
import { exitCodes } from './exit-codes.ts';
import { type OutputOptions, print } from './output.ts';

interface SearchAnswer {
  items: {
    title: string;
    score: number;
    excerpt: string;
    path: string | null;
    span: { lineStart: number; lineEnd: number };
  }[];
}

interface AskAnswer {
  answered: boolean;
  message: string;
  quotations: {
    n: number;
    title: string;
    headingPath: string[];
    lineStart: number;
    lineEnd: number;
    page: number | null;
    quote: string;
    url: string;
  }[];
  sentences?: { text: string; supported: boolean; citations: { n: number }[] }[];
}

/** `commandcenter search` and `commandcenter ask` */
export function addSearch(program: Command): void {
  program
    .command('search')
    .argument('<words...>')
    .description('search all documents')
    .option('--limit <n>', 'how many documents', '10')
    .option('--json', 'print JSON')
    .action((words: string[], options: OutputOptions & { limit: string }) =>
      withClient(async (client) => {
        const query = new URLSearchParams({ q: words.join(' '), limit: options.limit });
        const found = await client.request<SearchAnswer>('GET', `/search?${query}`);
        print(options, found, ({ items }) =>
          items.length === 0
            ? 'Nothing found.'
            : items
                .map(
                  (item) =>
                    `${item.title || item.path} (line ${item.span.lineStart})\n  ${oneLine(item.excerpt)}`,
                )
                .join('\n'),
        );
      }),
    );
  program
    .command('ask')
    .argument('<question...>')
    .description('answer a question from the documents, with citations; exit status 1 if they hold no answer')
    .option('--json', 'print JSON')
    .action((question: string[], options: OutputOptions) =>
      withClient(async (client) => {
        const answer = await client.request<AskAnswer>('POST', '/ask', { question: question.join(' ') });
        print(options, answer, (value) => describeAnswer(value, client.url));
        if (!answer.answered) process.exitCode = exitCodes.findings;
      }),
    );
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function describeAnswer(answer: AskAnswer, url: string): string {
  const sentences = (answer.sentences ?? []).map(
    ({ text, supported, citations }) =>
      `${text} ${supported ? citations.map(({ n }) => `[${n}]`).join('') : '(not supported by the documents)'}`,
  );
  const quotations = answer.quotations.map((quotation) => {
    const where = quotation.page ? `page ${quotation.page}` : `line ${quotation.lineStart}`;
    const source = [quotation.title, ...quotation.headingPath].join(' › ');
    return `[${quotation.n}] ${source}, ${where}\n    “${oneLine(quotation.quote)}”\n    ${url}${quotation.url}`;
  });
  return [answer.message, ...sentences, ...quotations].filter(Boolean).join('\n');
}
