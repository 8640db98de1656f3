import { randomInt } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Encrypter } from 'age-encryption';
import type { Config } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import { backupFolder, identitiesOf } from '../backup/index.ts';
import { type TarEntry, writeTar } from '../backup/tar.ts';
import { parseEnvironment } from '../environment/env-file.ts';
import {
  instructionsForContainers,
  instructionsForProcesses,
  type Owned,
  writeOwners,
} from './instructions.ts';

export interface KitInput {
  config: Config;
  version: string;
  at: Date;
  /** The file to write; refused if it is there. */
  target: string;
  /** A production folder, which is taken along whole. */
  folder?: string | undefined;
  /** Public keys of age; without any a passphrase is made. */
  recipients: readonly string[];
}

export interface Kit {
  file: string;
  bytes: number;
  /** What is in it, by path. */
  files: string[];
  /** Shown once and kept nowhere; null if the kit is for recipients. */
  passphrase: string | null;
  /** What the kit can't help with, in sentences. */
  warnings: string[];
}

const FOLDER = 'commandcenter-kit';
/** Staging of an `init` that was broken off, and the record of deploys, which another host has no use for. */
const LEFT_OUT = new Set(['.init', 'deployments']);
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 6;
const GROUP_LENGTH = 5;

/**
 * Writes what another host needs to come back from the sets alone, in one encrypted file: the identity that opens
 * them, how to reach where they are, a production folder if there is one, and what to do with it.
 */
export async function makeKit({ config, version, at, target, folder, recipients }: KitInput): Promise<Kit> {
  if (existsSync(target)) {
    throw appError('kit-exists', 409, `${target} is there already.`, {
      remedy: 'Name another file; an older kit may open older sets.',
    });
  }
  const own = folder === undefined ? [] : await filesOf(folder);
  const offSite = folder === undefined ? config.backupOffSite : await readOffSite(folder);
  const about = { version, at, offSite, sets: backupFolder(config) };
  const texts: [string, string][] =
    folder === undefined
      ? [
          ['README.md', instructionsForProcesses(about)],
          ['backup-identity', `${findIdentity(config)}\n`],
          ['settings.env', writeSettings(config)],
        ]
      : [
          ['README.md', instructionsForContainers(about)],
          ['set-owners.sh', writeOwners(own)],
        ];
  const passphrase = recipients.length > 0 ? null : makePassphrase();
  const encrypter = new Encrypter();
  if (passphrase !== null) encrypter.setPassphrase(passphrase);
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const entries = async function* (): AsyncGenerator<TarEntry> {
    for (const [name, text] of texts) {
      const content = Buffer.from(text);
      yield {
        name: `${FOLDER}/${name}`,
        size: content.length,
        modifiedAt: at,
        content: Readable.from([content]),
      };
    }
    for (const { path, inside, size } of own) {
      const name = `${FOLDER}/installation/${inside}`;
      yield { name, size, modifiedAt: at, content: createReadStream(path) };
    }
  };
  await write(target, encrypter, entries());
  return {
    file: target,
    bytes: (await stat(target)).size,
    files: [...texts.map(([name]) => name), ...own.map(({ inside }) => `installation/${inside}`)],
    passphrase,
    warnings:
      offSite === undefined
        ? [
            'BACKUP_OFFSITE names no other place, so the sets are lost with their host: the kit opens sets, it holds none.',
          ]
        : [],
  };
}

async function write(target: string, encrypter: Encrypter, entries: AsyncIterable<TarEntry>): Promise<void> {
  const partial = `${target}.partial`;
  try {
    const plain = Readable.toWeb(Readable.from(writeTar(entries), { objectMode: false })) as ReadableStream;
    const sealed = await encrypter.encrypt(plain);
    const file = createWriteStream(partial, { mode: 0o600, flush: true });
    await pipeline(Readable.fromWeb(sealed as Parameters<typeof Readable.fromWeb>[0]), file);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function filesOf(folder: string): Promise<(Owned & { path: string; size: number })[]> {
  for (const needed of ['.env', 'secrets/backup_identity']) {
    if (existsSync(join(folder, needed))) continue;
    throw appError('folder-incomplete', 409, `${folder} has no ${needed}, or it can’t be seen.`, {
      remedy:
        'Name the folder that `commandcenter init` has made, as root; a second `init` adds what is missing.',
    });
  }
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const kept = files.filter((path) => !LEFT_OUT.has(relative(folder, path).split(sep)[0] ?? ''));
  return Promise.all(
    kept.sort().map(async (path) => {
      const { size, uid, gid, mode } = await stat(path);
      return {
        path,
        inside: relative(folder, path).split(sep).join('/'),
        size,
        uid,
        gid,
        mode: mode & 0o777,
      };
    }),
  );
}

function findIdentity(config: Config): string {
  const found = identitiesOf(config);
  if (found.length > 0) return found.join('\n');
  throw appError('identity-missing', 404, 'There is no identity that opens the backups.', {
    remedy: 'Make a backup first, or set BACKUP_IDENTITY to what the sets are encrypted for.',
  });
}

async function readOffSite(folder: string): Promise<string | undefined> {
  return parseEnvironment(await readFile(join(folder, '.env'), 'utf8'))['BACKUP_OFFSITE'] || undefined;
}

/** What reaches the sets, as a shell and `docker run --env-file` read it. */
function writeSettings(config: Config): string {
  const inBucket: [string, string | undefined][] = [
    ['BACKUP_S3_ENDPOINT', config.backupS3Endpoint],
    ['BACKUP_S3_REGION', config.backupS3Region],
    ['BACKUP_S3_PATH_STYLE', config.backupS3PathStyle],
    ['BACKUP_S3_ACCESS_KEY', config.backupS3AccessKey],
    ['BACKUP_S3_SECRET_KEY', config.backupS3SecretKey],
  ];
  const given: [string, string | undefined][] = [
    ['BACKUP_RECIPIENTS', config.backupRecipients.join(',') || undefined],
    ['BACKUP_OFFSITE', config.backupOffSite],
    ...(config.backupOffSite?.startsWith('s3:') ? inBucket : []),
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}\n`])).join('');
}

/** 30 characters of 31: 148 bits, and none that is taken for another when it is read from paper. */
function makePassphrase(): string {
  const group = (): string =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
