import type pg from 'pg';
import { quoteName } from './catalog.ts';

const BATCH_BYTES = 1024 * 1024;
const NEWLINE = 10;

/**
 * Loads what `copyOut` gave, in statements of about a megabyte that each end with a row: the embedded database
 * wants a statement and its data in one message. `streamIn` is for a server.
 */
export async function copyIn(
  client: pg.PoolClient,
  { name, columns }: { name: string; columns: string[] },
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const text = `copy public.${quoteName(name)} (${columns.map(quoteName).join(', ')}) from stdin`;
  let pieces: Uint8Array[] = [];
  let length = 0;
  // While the database works on one, the next is unpacked.
  let underway: Promise<void> = Promise.resolve();
  const send = async (data: Buffer): Promise<void> => {
    await underway;
    if (data.length > 0) underway = sendCopy(client, text, data);
    // It is waited for at the next one or at the end, whatever comes between.
    underway.catch(() => {});
  };
  for await (const piece of content) {
    // Whoever gives it uses its memory again.
    pieces.push(Buffer.from(piece));
    length += piece.length;
    if (length < BATCH_BYTES) continue;
    const whole = Buffer.concat(pieces);
    const end = whole.lastIndexOf(NEWLINE) + 1;
    if (end > 0) await send(whole.subarray(0, end));
    pieces = [whole.subarray(end)];
    length = whole.length - end;
  }
  await send(Buffer.concat(pieces));
  await underway;
}

function sendCopy(client: pg.PoolClient, text: string, data: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const submittable = {
    submit(connection: pg.Connection) {
      const { stream } = connection as unknown as { stream: { write(bytes: Buffer): unknown } };
      stream.write(Buffer.concat([message('Q', Buffer.from(`${text}\0`)), message('d', data), message('c')]));
    },
    handleCopyInResponse() {},
    handleCommandComplete() {},
    handleReadyForQuery: () => resolve(),
    handleError: reject,
    handleRowDescription() {},
    handleEmptyQuery() {},
  };
  client.query(submittable as unknown as pg.Submittable);
  return promise;
}

/** A message of PostgreSQL's protocol 3: its type, then a length that counts itself. */
function message(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
