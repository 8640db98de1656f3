import { analyse } from 'chardet';
import { UnreadableError } from './types.ts';

const SAMPLE_BYTES = 64 * 1024;
/** Below this chardet's first guess is as good as its second. */
const MIN_CONFIDENCE = 20;
/** Share of broken sequences up to which a text still counts as UTF-8 with damage. */
const MAX_DAMAGE = 0.01;
/** Control characters that text doesn't have: all but tab, line ends, form feed and escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]/g;
const MAX_CONTROLS = 0.01;

/**
 * Decodes bytes to well-formed text without a byte order mark: by the mark, the stated charset, UTF-8,
 * UTF-16 without a mark, then by statistics. Throws UnreadableError `not-text` or `unknown-encoding`.
 */
export function decodeText(bytes: Uint8Array, charset?: string): string {
  const marked = markOf(bytes);
  if (marked) return finish(decode(bytes, marked));
  const strict = decodeStrictly(bytes, 'utf-8');
  if (strict !== undefined && !strict.includes('\0')) return finish(strict);
  const wide = guessUtf16(bytes);
  if (wide) return finish(decode(bytes, wide));
  if (bytes.includes(0)) throw notText();
  if (charset) {
    const stated = decodeStrictly(bytes, charset);
    if (stated !== undefined) return finish(stated);
  }
  return finish(decodeDamaged(bytes) ?? decodeByStatistics(bytes));
}

function notText(): UnreadableError {
  return new UnreadableError(
    'not-text',
    'This is a binary file, not a text.',
    'Convert it to text, Markdown, HTML or PDF first.',
  );
}

function markOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe && !(bytes[2] === 0 && bytes[3] === 0)) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

function decode(bytes: Uint8Array, label: string): string {
  return new TextDecoder(label).decode(bytes);
}

function decodeStrictly(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Western text in UTF-16 has a zero in nearly every second byte. */
function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.length < 2 || bytes.length % 2 === 1) return undefined;
  const length = Math.min(bytes.length, SAMPLE_BYTES);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) even += 1;
    if (bytes[i + 1] === 0) odd += 1;
  }
  const half = length / 2;
  if (odd > half * 0.4 && even < half * 0.02) return 'utf-16le';
  if (even > half * 0.4 && odd < half * 0.02) return 'utf-16be';
  return undefined;
}

/** UTF-8 in which a few bytes are broken, as in a text cut in the middle of a character. */
function decodeDamaged(bytes: Uint8Array): string | undefined {
  const text = decode(bytes, 'utf-8');
  let broken = 0;
  let sound = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0xfffd) broken += 1;
    else if (code > 0x7f) sound += 1;
  }
  return sound > broken * 4 && broken <= text.length * MAX_DAMAGE ? text : undefined;
}

function decodeByStatistics(bytes: Uint8Array): string {
  for (const { name, confidence } of analyse(bytes.subarray(0, SAMPLE_BYTES))) {
    if (confidence < MIN_CONFIDENCE) break;
    const text = isKnownLabel(name) ? decodeStrictly(bytes, name) : undefined;
    if (text !== undefined && controlShare(text) <= MAX_CONTROLS) return text;
  }
  throw new UnreadableError(
    'unknown-encoding',
    'The encoding of this text could not be recognised.',
    'Save it as UTF-8 and try again.',
  );
}

function isKnownLabel(label: string): boolean {
  try {
    return Boolean(new TextDecoder(label));
  } catch {
    return false;
  }
}

function controlShare(text: string): number {
  const sample = text.slice(0, SAMPLE_BYTES);
  return sample.length === 0 ? 0 : (sample.match(CONTROLS)?.length ?? 0) / sample.length;
}

function finish(text: string): string {
  if (controlShare(text) > MAX_CONTROLS * 5) throw notText();
  return storable(text);
}

/** The text as the database can hold it, with every offset kept: no NUL, no half of a surrogate pair. */
export function storable(text: string): string {
  const whole = text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
  return whole.toWellFormed();
}
