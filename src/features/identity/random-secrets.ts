import { createHash, randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const API_TOKEN = /^cc_([0-9A-Za-z]{34})([0-9A-Za-z]{6})$/;
/** Tokens that earlier versions kept in DATA_DIR/owner-token. */
const EARLIER_OWNER_TOKEN = /^[0-9a-f]{64}$/;
const RANDOM_CHARACTERS = 34;
const CHECKSUM_CHARACTERS = 6;
const RECOVERY_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

/** What is stored of a secret that is random and long, and therefore needs no slow hash. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** A secret for a cookie or a link: 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A token for programs: `cc_`, 34 random characters (202 bits) and a checksum, which scanners can verify. */
export function newApiToken(): string {
  const random = randomText(ALPHABET, RANDOM_CHARACTERS);
  return `cc_${random}${checksum(random)}`;
}

/** Whether the text can be a token at all; told without a look at the database. */
export function isApiToken(text: string): boolean {
  const [, random, sum] = API_TOKEN.exec(text) ?? [];
  if (random === undefined) return EARLIER_OWNER_TOKEN.test(text);
  return checksum(random) === sum;
}

/** Easily read and typed: four groups of four, 79 bits. */
export function newRecoveryCode(): string {
  return Array.from({ length: 4 }, () => randomText(RECOVERY_ALPHABET, 4)).join('-');
}

/** A recovery code as it is stored, however it was typed. */
export function hashRecoveryCode(code: string): Buffer {
  return hashSecret(code.toLowerCase().replace(/[^0-9a-z]/g, ''));
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

function checksum(text: string): string {
  let rest = crc32(text);
  let sum = '';
  while (sum.length < CHECKSUM_CHARACTERS) {
    sum = ALPHABET[rest % ALPHABET.length] + sum;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return sum;
}
