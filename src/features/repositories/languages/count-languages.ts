import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Mirror, readBlobs, type TreeEntry } from '#platform/git/index.ts';
import type { LanguageShare } from '../schema.ts';
import { type PathAttributes, readAttributes } from './attributes.ts';
import {
  classifyContent,
  classifyName,
  countedAs,
  hasGeneratedName,
  isDocumentation,
  isVendored,
  languageNamed,
  type NameVerdict,
} from './classify-file.ts';
import { isGeneratedContent, mayBeGenerated } from './generated-content.ts';

const ATTRIBUTES_MAX_BYTES = 256 * 1024;
const SAMPLE_CHARACTERS = 8 * 1024;
const SAMPLED_FILE_MAX_BYTES = 1024 * 1024;
// Above this, what is left is judged by name: a very large tree must not take minutes.
const SAMPLED_TOTAL_MAX_BYTES = 128 * 1024 * 1024;
const FILES_PER_TURN = 500;

interface Candidate {
  entry: TreeEntry;
  verdict: NameVerdict;
  attributes: PathAttributes;
  needsContent: 'no' | 'language' | 'generated';
}

/**
 * Bytes by language, by GitHub Linguist's rules: vendored, generated and documentation files don't count,
 * the repository's .gitattributes decide over that, and only programming and markup languages are counted.
 */
export async function countLanguages(
  mirror: Mirror,
  files: readonly TreeEntry[],
  signal?: AbortSignal,
): Promise<LanguageShare[]> {
  const attributesOf = readAttributes(await readAttributeFiles(mirror, files, signal));
  const candidates: Candidate[] = [];
  for (const [at, entry] of files.entries()) {
    if (at % FILES_PER_TURN === 0) await nextTurn(undefined, { signal });
    const candidate = judgeByName(entry, attributesOf(entry.path));
    if (candidate) candidates.push(candidate);
  }
  const shares = new Map<string, Tally>();
  for await (const [candidate, sample] of withSamples(mirror, candidates, signal)) {
    addShare(shares, candidate, sample);
  }
  return [...shares.values()]
    .sort((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name))
    .map(({ largestBytes: _bytes, ...share }) => share);
}

async function readAttributeFiles(mirror: Mirror, files: readonly TreeEntry[], signal?: AbortSignal) {
  const found = files.filter(({ path }) => path === '.gitattributes' || path.endsWith('/.gitattributes'));
  const texts: { path: string; text: string }[] = [];
  const options = { maxBytes: ATTRIBUTES_MAX_BYTES, ...(signal ? { signal } : {}) };
  let at = 0;
  for await (const { content } of readBlobs(
    mirror,
    found.map(({ oid }) => oid),
    options,
  )) {
    const path = found[at]?.path;
    at += 1;
    if (content && path !== undefined) texts.push({ path, text: content.toString('utf8') });
  }
  return texts;
}

function judgeByName(entry: TreeEntry, attributes: PathAttributes): Candidate | undefined {
  const { path } = entry;
  if (entry.size === 0) return undefined;
  if (attributes.vendored ?? isVendored(path)) return undefined;
  if (attributes.documentation ?? isDocumentation(path)) return undefined;
  if (attributes.generated ?? hasGeneratedName(path)) return undefined;
  const verdict = classifyName(path);
  const scripts = verdict.candidates.length === 0 && verdict.extension === '' && entry.kind === 'executable';
  if (attributes.language === undefined && verdict.candidates.length === 0 && !scripts) return undefined;
  const ambiguous = attributes.language === undefined && (verdict.candidates.length > 1 || scripts);
  const suspect = attributes.generated === undefined && mayBeGenerated(verdict.extension);
  return { entry, verdict, attributes, needsContent: ambiguous ? 'language' : suspect ? 'generated' : 'no' };
}

/** Each file, with its beginning where the name does not say enough; those of unknown language have precedence. */
async function* withSamples(
  mirror: Mirror,
  candidates: readonly Candidate[],
  signal?: AbortSignal,
): AsyncGenerator<[Candidate, string | undefined]> {
  const wanted = new Map<string, Candidate[]>();
  let bytes = 0;
  const order = { language: 0, generated: 1, no: 2 };
  for (const candidate of [...candidates].sort((a, b) => order[a.needsContent] - order[b.needsContent])) {
    const { oid, size } = candidate.entry;
    const same = wanted.get(oid);
    if (same) same.push(candidate);
    else if (
      candidate.needsContent === 'no' ||
      size > SAMPLED_FILE_MAX_BYTES ||
      bytes + size > SAMPLED_TOTAL_MAX_BYTES
    ) {
      yield [candidate, undefined];
    } else {
      bytes += size;
      wanted.set(oid, [candidate]);
    }
  }
  const options = { maxBytes: SAMPLED_FILE_MAX_BYTES, ...(signal ? { signal } : {}) };
  for await (const { oid, content } of readBlobs(mirror, wanted.keys(), options)) {
    const sample = content?.subarray(0, SAMPLE_CHARACTERS).toString('latin1');
    for (const candidate of wanted.get(oid) ?? []) yield [candidate, sample];
  }
}

type Tally = LanguageShare & { largestBytes: number };

function addShare(shares: Map<string, Tally>, candidate: Candidate, sample: string | undefined): void {
  const { entry, verdict, attributes } = candidate;
  if (
    attributes.generated === undefined &&
    sample !== undefined &&
    isGeneratedContent(verdict.extension, sample)
  )
    return;
  const named = attributes.language === undefined ? undefined : languageNamed(attributes.language);
  const language = named ?? classifyContent(verdict, sample);
  if (language === undefined) return;
  const { name, color, countedByDefault } = countedAs(language);
  if (!(attributes.detectable ?? countedByDefault)) return;
  const share = shares.get(name) ?? { name, bytes: 0, files: 0, color, largestPath: '', largestBytes: -1 };
  if (entry.size > share.largestBytes) {
    share.largestPath = entry.path;
    share.largestBytes = entry.size;
  }
  share.bytes += entry.size;
  share.files += 1;
  shares.set(name, share);
}
