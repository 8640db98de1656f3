/** Reads a stream of bytes by delimiter or by length, holding no more than one record. */
export interface ByteReader {
  /** The bytes before the next `delimiter`, which is consumed; undefined at the end of the stream. */
  readUntil(delimiter: number): Promise<Buffer | undefined>;
  /** The next byte, left in place; undefined at the end of the stream. */
  peek(): Promise<number | undefined>;
  /** Exactly `length` bytes; undefined if the stream ends before. */
  readExactly(length: number): Promise<Buffer | undefined>;
  /** Passes over `length` bytes without keeping them; false if the stream ends before. */
  skip(length: number): Promise<boolean>;
}

export function createByteReader(stream: AsyncIterable<Buffer>): ByteReader {
  const iterator = stream[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  let at = 0;

  async function next(): Promise<Buffer | undefined> {
    const { value, done } = await iterator.next();
    return done ? undefined : value;
  }

  /** Replaces what has been read whole by the next chunk. */
  async function refill(): Promise<boolean> {
    const chunk = await next();
    if (!chunk) return false;
    buffer = chunk;
    at = 0;
    return true;
  }

  async function readUntil(delimiter: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (;;) {
      const found = buffer.indexOf(delimiter, at);
      if (found >= 0) {
        const part = buffer.subarray(at, found);
        at = found + 1;
        return parts.length === 0 ? part : Buffer.concat([...parts, part]);
      }
      if (at < buffer.length) parts.push(buffer.subarray(at));
      at = buffer.length;
      if (!(await refill())) return parts.length === 0 ? undefined : Buffer.concat(parts);
    }
  }

  async function readExactly(length: number): Promise<Buffer | undefined> {
    const result = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; ) {
      if (at >= buffer.length && !(await refill())) return undefined;
      const copied = buffer.copy(result, filled, at, at + length - filled);
      filled += copied;
      at += copied;
    }
    return result;
  }

  async function skip(length: number): Promise<boolean> {
    for (let left = length; left > 0; ) {
      if (at >= buffer.length && !(await refill())) return false;
      const step = Math.min(left, buffer.length - at);
      at += step;
      left -= step;
    }
    return true;
  }

  async function peek(): Promise<number | undefined> {
    while (at >= buffer.length) if (!(await refill())) return undefined;
    return buffer[at];
  }

  return { readUntil, peek, readExactly, skip };
}
