import { type ByteReader, createByteReader, type RunningProgram } from '#platform/exec/index.ts';
import { expectSuccess, spawnGit } from './run-git.ts';
import type { BlobContent, Mirror, ReadBlobsOptions } from './types.ts';

const NEWLINE = 10;
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;
const OBJECT_ID = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
// Asked in place of anything that isn't an object id, so that answers stay in step with questions.
const NOTHING = '0'.repeat(40);

/**
 * Reads objects through one long-lived `git cat-file --batch`, in the order asked; memory holds one at a time.
 * An object over the limit is passed over and reported. Leaving the loop early ends the process.
 */
export async function* readBlobs(
  mirror: Mirror,
  oids: Iterable<string> | AsyncIterable<string>,
  options: ReadBlobsOptions = {},
): AsyncGenerator<BlobContent, void, undefined> {
  const batch = spawnGit(mirror, ['cat-file', '--batch'], options.signal);
  const asked: string[] = [];
  const asking = ask(batch, oids, asked).catch((error: unknown) => batch.stop(error));
  const reader = createByteReader(batch.stdout);
  try {
    for (;;) {
      const header = await reader.readUntil(NEWLINE);
      if (!header) break;
      yield await readObject(reader, header, asked, options.maxBytes ?? DEFAULT_MAX_BYTES);
    }
    await asking;
    await expectSuccess(batch);
  } finally {
    batch.stop();
  }
}

/** One object, or null in place of its content; see {@link readBlobs}. */
export async function readBlob(
  mirror: Mirror,
  oid: string,
  options: ReadBlobsOptions = {},
): Promise<BlobContent> {
  for await (const blob of readBlobs(mirror, [oid], options)) return blob;
  return { oid, content: null, size: 0, problem: 'missing' };
}

async function ask(batch: RunningProgram, oids: Iterable<string> | AsyncIterable<string>, asked: string[]) {
  for await (const oid of oids) {
    asked.push(oid);
    const line = `${OBJECT_ID.test(oid) ? oid : NOTHING}\n`;
    if (batch.stdin.destroyed) return;
    if (!batch.stdin.write(line)) await drained(batch);
  }
  batch.stdin.end();
}

function drained({ stdin }: RunningProgram): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stdin.off('drain', done);
      stdin.off('close', done);
      resolve();
    };
    stdin.on('drain', done);
    stdin.on('close', done);
  });
}

async function readObject(
  reader: ByteReader,
  header: Buffer,
  asked: string[],
  maxBytes: number,
): Promise<BlobContent> {
  const oid = asked.shift() ?? '';
  const [, type, sizeText] = header.toString('latin1').split(' ');
  if (sizeText === undefined) return { oid, content: null, size: 0, problem: 'missing' };
  const size = Number(sizeText);
  const problem = type !== 'blob' ? 'not-a-blob' : size > maxBytes ? 'too-large' : undefined;
  if (problem) {
    await reader.skip(size + 1);
    return { oid, content: null, size, problem };
  }
  const content = await reader.readExactly(size);
  await reader.skip(1);
  return content ? { oid, content, size } : { oid, content: null, size, problem: 'missing' };
}
