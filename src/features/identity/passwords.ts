import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

interface Cost {
  /** KiB */
  memory: number;
  passes: number;
  parallelism: number;
}

/** OWASP's first choice for argon2id. A stored hash of another cost is made again at the next sign-in. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashing shares its threads with file access; this many at once leave it some. */
const MOST_AT_ONCE = 2;

const derive = promisify(argon2);
let running = 0;
const waiting: (() => void)[] = [];

/** Hashes a password for storage, in the PHC format: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await compute(password, salt, cost, HASH_BYTES);
  const numbers = `m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`;
  return `$argon2id$v=19$${numbers}$${toText(salt)}$${toText(hash)}`;
}

/**
 * Whether the password is the stored one, and whether it should be hashed anew because the cost has changed.
 * Without a stored hash the same work is done, so that the time doesn't tell who has an account.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
): Promise<{ matches: boolean; outdated: boolean }> {
  const parsed = stored === null ? undefined : parse(stored);
  if (!parsed) {
    await compute(password, Buffer.alloc(SALT_BYTES), COST, HASH_BYTES);
    return { matches: false, outdated: false };
  }
  const hash = await compute(password, parsed.salt, parsed.cost, parsed.hash.length);
  const { memory, passes, parallelism } = parsed.cost;
  const outdated = memory !== COST.memory || passes !== COST.passes || parallelism !== COST.parallelism;
  return { matches: timingSafeEqual(hash, parsed.hash), outdated };
}

function parse(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored);
  if (!match) return undefined;
  const [, memory, passes, parallelism, salt = '', hash = ''] = match;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

async function compute(password: string, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    // The same characters may be composed differently on another keyboard.
    const message = Buffer.from(password.normalize('NFKC'));
    return await derive('argon2id', { message, nonce, tagLength, ...cost });
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

const toText = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
