import type { ClientBase } from 'pg';

const PIECE_BYTES = 1024 * 1024;
const FIRST_ROWS = 16;
const MAX_ROWS = 10_000;

/**
 * The same bytes as `copyOut`, by a cursor: the embedded database answers every statement in full, and a table
 * in one answer would be in memory as a whole.
 */
export async function* fetchOut(client: ClientBase, query: string): AsyncGenerator<Buffer> {
  await client.query(`declare contents no scroll cursor for ${query}`);
  let wanted = FIRST_ROWS;
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `fetch ${wanted} from contents`,
      rowMode: 'array',
      types: { getTypeParser: () => (value: string) => value },
    });
    const piece = Buffer.from(rows.map(writeRow).join(''));
    if (piece.length > 0) yield piece;
    if (rows.length < wanted) break;
    const average = piece.length / rows.length;
    wanted = Math.max(1, Math.min(MAX_ROWS, wanted * 8, Math.floor(PIECE_BYTES / average)));
  }
  await client.query('close contents');
}

function writeRow(values: (string | null)[]): string {
  return `${values.map(writeValue).join('\t')}\n`;
}

const SPECIAL = /[\\\b\f\n\r\t\v]/g;
const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function writeValue(value: string | null): string {
  if (value === null) return '\\N';
  return value.replace(SPECIAL, (character) => ESCAPES[character] ?? character);
}
