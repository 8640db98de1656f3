import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { damaged, decryptWith, encryptFor } from './age.ts';
import { type Manifest, manifestDamaged } from './manifest.ts';

const hashOf = (manifest: Buffer): string => createHash('sha256').update(manifest).digest('hex');

/** Writes the manifest's SHA-256, encrypted like the parts; not compressed, so that age alone shows it. */
export async function writeSeal(
  path: string,
  manifest: Buffer,
  recipients: readonly string[],
): Promise<void> {
  const text = Buffer.from(`${hashOf(manifest)}\n`);
  const sealed = recipients.length > 0 ? (await encryptFor(recipients))(once(text)) : once(text);
  await writeFile(path, await collect(sealed), { mode: 0o600, flag: 'wx', flush: true });
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  let whole: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) whole = Buffer.concat([whole, piece]);
  return whole;
}

/** Throws AppError `backup-manifest-damaged` if the manifest is not the one that was sealed with the set. */
export async function checkSeal(
  folder: string,
  bytes: Buffer,
  { manifest, identities }: { manifest: Manifest; identities: readonly string[] },
): Promise<void> {
  const sealed = await readSeal(join(folder, manifest.seal), manifest, identities);
  if (sealed.trim() !== hashOf(bytes)) {
    throw manifestDamaged(manifest.name, 'it is not the one that was sealed when the set was made');
  }
}

async function readSeal(path: string, manifest: Manifest, identities: readonly string[]): Promise<string> {
  try {
    const sealed = await readFile(path);
    if (manifest.recipients.length === 0) return sealed.toString();
    return (await collect(decryptWith(identities, manifest.seal)(once(sealed)))).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw damaged(manifest.seal, 'it is not there', error);
    throw error;
  }
}
