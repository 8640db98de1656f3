import type pg from 'pg';

const PIECE_BYTES = 256 * 1024;
/** So much may wait for its reader before the server is made to wait. */
const MAX_WAITING = 8;

/**
 * What `COPY (query) TO STDOUT` sends, in pieces of about 256 kB, each to be used until the next one is asked for. A reader that is slower than the server holds
 * it up, so that little is in memory at any time. Whoever stops early waits until the rest has been thrown away.
 */
export async function* copyOut(client: pg.PoolClient, query: string): AsyncGenerator<Buffer> {
  const out = createCopyOut(`copy (${query}) to stdout`);
  client.query(out as unknown as pg.Submittable);
  try {
    for (let piece = await out.next(); piece; piece = await out.next()) {
      yield piece;
      out.reuse(piece);
    }
  } finally {
    await out.discard();
  }
}

type Wire = pg.Connection & { stream: { pause(): void; resume(): void } };

interface CopyOut {
  next(): Promise<Buffer | undefined>;
  /** Memory that was handed out and is free. */
  reuse(piece: Buffer): void;
  discard(): Promise<void>;
}

/** What node-postgres calls a submittable: it is told of each message that answers it. */
function createCopyOut(text: string): CopyOut {
  const waiting: Buffer[] = [];
  const spare: Buffer[] = [];
  const done = Promise.withResolvers<void>();
  let ended = false;
  let discarding = false;
  let failure: Error | undefined;
  let piece: Buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let length = 0;
  let wire: Wire | undefined;
  let wake: () => void = () => {};

  const hand = (whole: Buffer): void => {
    if (!discarding) waiting.push(whole);
    if (waiting.length >= MAX_WAITING) wire?.stream.pause();
    wake();
  };
  const handRest = (): void => {
    if (length > 0) hand(piece.subarray(0, length));
    piece = spare.pop() ?? Buffer.allocUnsafe(PIECE_BYTES);
    length = 0;
  };
  const end = (error?: Error): void => {
    failure = error;
    ended = true;
    wire?.stream.resume();
    done.resolve();
    wake();
  };
  const handlers = {
    submit(connection: pg.Connection) {
      wire = connection as Wire;
      connection.query(text);
    },
    // The driver uses the memory of a message again, so what it holds is copied.
    handleCopyData({ chunk }: { chunk: Buffer }) {
      if (length + chunk.length > PIECE_BYTES) handRest();
      if (chunk.length > PIECE_BYTES) return hand(Buffer.from(chunk));
      length += chunk.copy(piece, length);
    },
    handleCommandComplete: handRest,
    handleReadyForQuery: () => end(),
    handleError: end,
    handleRowDescription() {},
    handleEmptyQuery() {},
  };
  return {
    ...handlers,
    async next() {
      while (waiting.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const next = waiting.shift();
      if (waiting.length < MAX_WAITING / 2) wire?.stream.resume();
      if (!next && failure) throw failure;
      return next;
    },
    reuse(handed) {
      if (handed.buffer.byteLength === PIECE_BYTES) spare.push(Buffer.from(handed.buffer));
    },
    async discard() {
      discarding = true;
      waiting.length = 0;
      wire?.stream.resume();
      await done.promise;
    },
  };
}
