import { AppError } from '#platform/errors/index.ts';
import { applyFix, describeFix } from './apply-fix.ts';
import type { SubjectName } from './catalogue.ts';
import { examine, subjects } from './examine.ts';
import { type Finding, identityOf } from './finding.ts';
import { type DoctorOptions, readSituation, type Situation } from './situation.ts';

/** What became of a change that was offered. */
export interface FixOutcome {
  finding: string;
  target: string | null;
  /** The change in the words of a shell. */
  change: string;
  outcome: 'done' | 'declined' | 'failed' | 'taken-back';
  /** Why it failed or was taken back. */
  reason?: string;
}

export interface DoctorReport {
  findings: Finding[];
  fixes: FixOutcome[];
}

/** Looks at everything and changes nothing. */
export async function runDoctor(options: DoctorOptions): Promise<DoctorReport> {
  return { findings: await examine(await readSituation(options)), fixes: [] };
}

/**
 * Looks at everything, makes those changes that can lose nothing and that `allow` agrees to, and looks again. After
 * each change its subject is looked at again: what did not help, or brought something new, is taken back.
 */
export async function runFixes(
  options: DoctorOptions,
  allow: (finding: Finding, change: string) => Promise<boolean>,
): Promise<DoctorReport> {
  const situation = await readSituation(options);
  const before = await examine(situation);
  const fixes: FixOutcome[] = [];
  for (const finding of before) {
    if (!finding.fix) continue;
    const change = describeFix(finding.fix);
    const told = { finding: finding.id, target: finding.target ?? null, change };
    if (!(await allow(finding, change))) fixes.push({ ...told, outcome: 'declined' });
    else fixes.push({ ...told, ...(await tryFix(options, situation, finding)) });
  }
  const changed = fixes.some(({ outcome }) => outcome !== 'declined');
  return { findings: changed ? await examine(await readSituation(options)) : before, fixes };
}

async function tryFix(
  options: DoctorOptions,
  { docker }: Situation,
  finding: Finding,
): Promise<Pick<FixOutcome, 'outcome' | 'reason'>> {
  const { fix } = finding;
  if (!fix) return { outcome: 'failed' };
  // No change concerns Docker, so it is not asked again.
  const look = async (): Promise<Finding[]> => {
    const found = await subjects[finding.subject as SubjectName](await readSituation(options, docker));
    return found.filter(({ status }) => status !== 'ok');
  };
  const earlier = new Set((await look()).map(identityOf));
  if (!earlier.has(identityOf(finding)))
    return { outcome: 'done', reason: 'An earlier change has mended it.' };
  try {
    const undo = await applyFix(fix);
    const later = await look();
    const worse = later.find((one) => !earlier.has(identityOf(one)));
    const lasts = later.some((one) => identityOf(one) === identityOf(finding));
    if (!worse && !lasts) return { outcome: 'done' };
    await undo();
    return { outcome: 'taken-back', reason: worse ? worse.sentence : 'It did not help.' };
  } catch (error) {
    return { outcome: 'failed', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
