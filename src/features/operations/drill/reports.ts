import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { writeDurably } from '../deploy/journal.ts';
import { describeDrill } from './describe-drill.ts';
import type { DrillReport } from './report.ts';
import { isSigned, ownPublicKey, type Signature, signText } from './sign.ts';

/** A report as it is kept: signed over the report as `JSON.stringify` gives it. */
interface SignedReport {
  report: DrillReport;
  signature: Signature;
}

/** What the signature of a file says. */
export interface CheckedReport {
  id: string;
  outcome: DrillReport['outcome'] | null;
  publicKey: string;
  /** Whether it is as it was signed. */
  intact: boolean;
  /** Whether the key is the expected one. */
  known: boolean;
}

/** A report of the list; `signed` says that it is as this installation has signed it. */
export interface KeptReport {
  report: DrillReport;
  signed: boolean;
}

const NAME = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;
const KEPT = 200;
const RULE = '\n---\n';

export const drillsFolder = (dataDir: string): string => join(dataDir, 'drills');

/** Signs a report and keeps it, as JSON and in words; the oldest beyond two hundred go. */
export async function keepReport(
  dataDir: string,
  report: DrillReport,
): Promise<{ json: string; markdown: string; publicKey: string }> {
  const folder = drillsFolder(dataDir);
  const [json, markdown] = [join(folder, `${report.id}.json`), join(folder, `${report.id}.md`)];
  const signature = signText(dataDir, JSON.stringify(report));
  const signed: SignedReport = { report, signature };
  const words = describeDrill(report);
  await writeDurably(markdown, `${words}${RULE}${describeSignature(signText(dataDir, words))}`, 0o600);
  await writeDurably(json, `${JSON.stringify(signed, null, 2)}\n`, 0o600);
  for (const id of (await listIds(dataDir)).slice(KEPT)) {
    for (const end of ['json', 'md']) await rm(join(folder, `${id}.${end}`), { force: true });
  }
  return { json, markdown, publicKey: signature.publicKey };
}

/** The reports that are kept, the newest first; one that can't be read is left out. */
export async function listReports(dataDir: string, most: number): Promise<KeptReport[]> {
  const own = ownPublicKey(dataDir);
  const found: KeptReport[] = [];
  for (const id of (await listIds(dataDir)).slice(0, most)) {
    const signed = parseSigned(await readReport(dataDir, id, 'json').catch(() => ''));
    if (!signed) continue;
    const { report, signature } = signed;
    found.push({
      report,
      signed: signature.publicKey === own && isSigned(JSON.stringify(report), signature),
    });
  }
  return found;
}

/** The text of a kept report. Throws AppError 404. */
export async function readReport(dataDir: string, id: string, end: 'json' | 'md'): Promise<string> {
  const missing = (cause?: unknown) => appError('not-found', 404, `There is no report ${id}.`, { cause });
  if (!NAME.test(id)) throw missing();
  return readFile(join(drillsFolder(dataDir), `${id}.${end}`), 'utf8').catch((error: unknown) => {
    throw missing(error);
  });
}

/** Checks a report of either form by the key in it, and that key by the one that is expected. */
export function checkReport(text: string, expectedKey: string | null): CheckedReport {
  const signed = parseSigned(text);
  if (signed) {
    const { report, signature } = signed;
    const intact = isSigned(JSON.stringify(report), signature);
    return { id: report.id, outcome: report.outcome, ...judged(signature, intact, expectedKey) };
  }
  const at = text.lastIndexOf(RULE);
  const [, publicKey = ''] = /^- public key: `([^`]+)`$/m.exec(text.slice(at)) ?? [];
  const [, value = ''] = /^- signature: `([^`]+)`$/m.exec(text.slice(at)) ?? [];
  const [, id = ''] = /^# Drill (\S+)$/m.exec(text) ?? [];
  if (at < 0 || value === '') throw notSigned();
  const signature: Signature = { algorithm: 'Ed25519', publicKey, value };
  return { id, outcome: null, ...judged(signature, isSigned(text.slice(0, at), signature), expectedKey) };
}

function judged({ publicKey }: Signature, intact: boolean, expectedKey: string | null) {
  return { publicKey, intact, known: publicKey === expectedKey };
}

async function listIds(dataDir: string): Promise<string[]> {
  const names = await readdir(drillsFolder(dataDir)).catch(() => []);
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  return ids
    .filter((id) => NAME.test(id))
    .sort()
    .reverse();
}

function parseSigned(text: string): SignedReport | null {
  try {
    const value = JSON.parse(text) as Partial<SignedReport> | null;
    const isOne =
      value?.report?.format === 'commandcenter-drill' &&
      value.signature?.algorithm === 'Ed25519' &&
      typeof value.signature.value === 'string';
    return isOne ? (value as SignedReport) : null;
  } catch {
    return null;
  }
}

function describeSignature({ publicKey, value }: Signature): string {
  return [
    '',
    'Signed with Ed25519, over everything above the rule; `commandcenter drill verify FILE` checks it.',
    '',
    `- public key: \`${publicKey}\``,
    `- signature: \`${value}\``,
    '',
  ].join('\n');
}

function notSigned(): Error {
  return appError('report-not-signed', 409, 'This is not a report of a drill.', {
    remedy: 'Name a file that `commandcenter drill` has written.',
  });
}
