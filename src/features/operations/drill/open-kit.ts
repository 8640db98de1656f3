import { readFile } from 'node:fs/promises';
import { Decrypter } from 'age-encryption';
import { readAll } from '../backup/sets.ts';
import { readTar } from '../backup/tar.ts';
import { parseEnvironment } from '../environment/env-file.ts';

/** What whoever opens a kit has in hand. */
export interface OpenedKit {
  identity: string;
  settings: Record<string, string>;
}

/** Opens the kit of an installation without containers, by its passphrase. */
export async function openKit(file: string, passphrase: string): Promise<OpenedKit> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const archive = await decrypter.decrypt(await readFile(file));
  const files = new Map<string, string>();
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield archive;
  };
  for await (const entry of readTar(content())) {
    files.set(entry.name.split('/').at(-1) ?? '', await readAll(entry.content));
  }
  return {
    identity: (files.get('backup-identity') ?? '').trim(),
    settings: parseEnvironment(files.get('settings.env') ?? ''),
  };
}
