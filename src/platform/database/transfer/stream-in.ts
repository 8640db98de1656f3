import type { Writable } from 'node:stream';
import type pg from 'pg';
import { quoteName } from './catalog.ts';

/**
 * Loads what `copyOut` gave into a table of a server, in one statement, each piece as soon as it is there. What is in
 * the table goes: emptied in the same transaction it can be filled with rows that are frozen, which nobody has to
 * mark, write again or vacuum later.
 */
export async function streamIn(
  client: pg.PoolClient,
  { name, columns }: { name: string; columns: string[] },
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const table = `public.${quoteName(name)}`;
  await client.query(`begin; truncate ${table}`);
  try {
    await send(client, `copy ${table} (${columns.map(quoteName).join(', ')}) from stdin (freeze)`, content);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function send(client: pg.PoolClient, text: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const copy = createCopyIn(text);
  client.query(copy as unknown as pg.Submittable);
  await copy.asked;
  try {
    for await (const piece of content) {
      await copy.write(piece);
      if (copy.failed()) break;
    }
  } catch (error) {
    copy.end('f');
    await copy.done.catch(() => {});
    throw error;
  }
  copy.end('c');
  await copy.done;
}

/** What node-postgres calls a submittable: it is told of each message that answers it. */
function createCopyIn(text: string) {
  const asked = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  // Both are waited for in turn, whatever comes between.
  asked.promise.catch(() => {});
  done.promise.catch(() => {});
  let failed = false;
  let wire: (pg.Connection & { stream: Writable }) | undefined;
  return {
    asked: asked.promise,
    done: done.promise,
    failed: () => failed,
    /** Resolves when the piece is on its way, and its memory free. */
    write: (piece: Uint8Array) =>
      new Promise<void>((resolve) => {
        // One call of the system for both.
        wire?.stream.cork();
        wire?.stream.write(head('d', piece.length));
        wire?.stream.write(piece, (error) => {
          failed ||= error instanceof Error;
          resolve();
        });
        wire?.stream.uncork();
      }),
    /** The end, or that there will be none: the server then says an error. */
    end(type: 'c' | 'f') {
      const reason = type === 'f' ? Buffer.from('\0') : Buffer.alloc(0);
      wire?.stream.write(Buffer.concat([head(type, reason.length), reason]));
    },
    submit(connection: pg.Connection) {
      wire = connection as typeof wire;
      connection.query(text);
    },
    handleCopyInResponse: () => asked.resolve(),
    handleCommandComplete() {},
    handleReadyForQuery: () => done.resolve(),
    handleError(error: Error) {
      failed = true;
      asked.reject(error);
      done.reject(error);
    },
    handleRowDescription() {},
    handleEmptyQuery() {},
  };
}

/** The head of a message of PostgreSQL's protocol 3: its type, then a length that counts itself. */
function head(type: string, length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.write(type);
  bytes.writeUInt32BE(length + 4, 1);
  return bytes;
}
