import { Duplex } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './worker.ts';

/** The main thread's end of the database worker: sends protocol bytes, gets protocol bytes back. */
export interface WireChannel {
  send(bytes: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Talks to a worker that has reported itself ready. A worker that dies rejects everything that waits. */
export function openWireChannel(worker: Worker): WireChannel {
  const waiting = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>();
  let nextId = 0;
  let dead: Error | undefined;

  const fail = (error: Error): void => {
    dead = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (message: FromWorker) => {
    if ('ready' in message) return;
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error !== undefined) call?.reject(new Error(message.error));
    else call?.resolve(message.bytes ?? new Uint8Array());
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('The embedded database has stopped.')));

  const request = (message: WithoutId<ToWorker>): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ ...message, id });
    });
  return {
    send: (bytes) => request({ bytes }),
    async close() {
      if (!dead) await request({ close: true });
    },
  };
}

// Message types after which the server answers and the client waits: anything before them is only queued.
const ENDS_A_BATCH = new Set(['S', 'Q', 'X', 'H', 'F', 'c', 'f'].map((type) => type.charCodeAt(0)));

/**
 * A socket for node-postgres whose other end is the embedded database.
 * Bytes are handed over in whole request batches, because the worker answers each hand-over in full.
 */
export function createWireStream(channel: WireChannel): Duplex {
  let started = false;
  let pending: Buffer = Buffer.alloc(0);

  const stream = new Duplex({
    read() {},
    writev(chunks, done) {
      pending = Buffer.concat([pending, ...chunks.map(({ chunk }) => chunk as Buffer)]);
      const length = completeLength(pending, started);
      if (length === 0) return done();
      started = true;
      const batch = pending.subarray(0, length);
      pending = pending.subarray(length);
      channel.send(new Uint8Array(batch)).then(
        (bytes) => {
          stream.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
          done();
        },
        (error: Error) => done(error),
      );
    },
    final(done) {
      stream.push(null);
      done();
    },
  });
  return Object.assign(stream, {
    connect: () => void setImmediate(() => stream.emit('connect')),
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
  });
}

/**
 * How many leading bytes form whole request batches (PostgreSQL protocol 3: a type byte, then a length
 * that counts itself; the first message of a connection has no type byte).
 */
function completeLength(bytes: Buffer, started: boolean): number {
  let offset = 0;
  let complete = 0;
  let first = !started;
  while (offset < bytes.length) {
    const header = first ? 0 : 1;
    if (bytes.length < offset + header + 4) break;
    const end = offset + header + bytes.readUInt32BE(offset + header);
    if (end > bytes.length) break;
    if (first || ENDS_A_BATCH.has(bytes[offset] ?? 0)) complete = end;
    first = false;
    offset = end;
  }
  return complete;
}
