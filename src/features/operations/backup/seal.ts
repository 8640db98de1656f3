import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { damaged, decryptWith, encryptFor } from './age.ts';
import { type Manifest, manifestDamaged } from './manifest.ts';

const hashOf = (manifest: Buffer): string => createHash('sha256').update(manifest).digest('hex');

/** Writes the manifest's SHA-256, encrypted like the parts; not compressed, so that age alone shows it. */
export async function writeSeal(
  path: string,
  manifest: Buffer,
  recipients: readonly string[],
): Promise<void> {
  const encrypt = recipients.length > 0 ? [await encryptFor(recipients)] : [];
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true });
  await pipeline([Readable.from([Buffer.from(`${hashOf(manifest)}\n`)]), ...encrypt, file]);
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
    if (manifest.recipients.length === 0) return await readFile(path, 'utf8');
    const decrypt = decryptWith(identities, manifest.seal);
    const [text] = await Promise.all([buffer(decrypt), pipeline(createReadStream(path), decrypt)]);
    return text.toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw damaged(manifest.seal, 'it is not there', error);
    throw error;
  }
}
