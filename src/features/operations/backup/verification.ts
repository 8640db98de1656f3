import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../deploy/journal.ts';

export const VERIFICATION_FILE = 'verification.json';

/** When a set was restored, where, how long each step took, and whether it held. */
export interface Verification {
  held: boolean;
  /** Why it did not. */
  problem: string | null;
  at: string;
  /** Of the product that restored it. */
  version: string;
  runtime: 'embedded' | 'server';
  /** From the first byte to a database that answers: the measured recovery time. */
  recoverySeconds: number;
  steps: { name: string; seconds: number }[];
  tables: number;
  rows: number;
  uploads: number;
}

export async function writeVerification(folder: string, verification: Verification): Promise<void> {
  await writeDurably(join(folder, VERIFICATION_FILE), `${JSON.stringify(verification, null, 2)}\n`, 0o600);
}

/** The last one; null if there is none that can be read. */
export async function readVerification(folder: string): Promise<Verification | null> {
  try {
    const value = JSON.parse(
      await readFile(join(folder, VERIFICATION_FILE), 'utf8'),
    ) as Partial<Verification> | null;
    return typeof value?.held === 'boolean' && typeof value.at === 'string' ? (value as Verification) : null;
  } catch {
    return null;
  }
}
