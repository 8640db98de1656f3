import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

// Randomness for many ids at once: asking for it costs more than all else about an id.
const pool = Buffer.alloc(16 * 256);
let used = pool.length;
let millisecond = 0;
let sequence = 0;

/** A new identifier: UUID version 7 (RFC 9562), so that ids of a process sort in the order they were made. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + 16);
  used += 16;
  const now = Date.now();
  if (now > millisecond) {
    millisecond = now;
    // 31 of 32 bits: half of the range stays free to count on within the millisecond.
    sequence = random.readUInt32BE(6) >>> 1;
  } else {
    sequence += 1;
  }
  return v7({ random, msecs: millisecond, seq: sequence });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isId(value: string): boolean {
  return UUID.test(value);
}
