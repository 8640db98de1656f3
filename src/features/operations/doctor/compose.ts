import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MISSING } from './compose-files.ts';
import { type Finding, findingsOf, ok } from './finding.ts';
import type { Situation } from './situation.ts';

export interface ComposeFileFacts {
  name: string;
  /** {@link MISSING}, what is wrong with its form, or null. */
  problem: string | null;
  /** Whether it is the file that ships; null if none of that name does. */
  asShipped: boolean | null;
}

/** The Compose files: there, in a form that can be read, and those of this version. */
export function checkComposeFiles(folder: string, files: readonly ComposeFileFacts[]): Finding[] {
  const { problem, warning } = findingsOf('compose');
  const found = files.flatMap(({ name, problem: wrong, asShipped }): Finding[] => {
    const details = { target: name, evidence: { name } };
    const path = join(folder, name);
    if (wrong === MISSING) {
      const remedy = `\`commandcenter init ${folder}\` puts it there; nothing that is there is changed.`;
      return [problem('compose-file-missing', `${path} is missing.`, remedy, details)];
    }
    if (wrong !== null) {
      return [problem('compose-file-invalid', `${path} can't be read: ${wrong}`, 'Correct it.', details)];
    }
    if (asShipped !== false) return [];
    return [
      warning(
        'compose-file-drifted',
        `${path} is not the file that ships with this version.`,
        'Move your own changes into docker-compose.override.yml, and take the one that ships: docs/upgrade.md says how.',
        details,
      ),
    ];
  });
  return found.length > 0 ? found : [ok('compose-files', 'The Compose files are those of this version.')];
}

export async function lookAtComposeFiles({ folder, probes }: Situation): Promise<Finding[]> {
  if (!folder) return [];
  const shipped = await Promise.all(
    folder.compose.files.map(async ({ name, problem }): Promise<ComposeFileFacts> => {
      const [own, ours] = await Promise.all(
        [join(folder.path, name), join(probes.shippedFiles, name)].map((path) => readText(path)),
      );
      return { name, problem, asShipped: ours === null ? null : own === ours };
    }),
  );
  return checkComposeFiles(folder.path, shipped);
}

/** Line ends are no difference. */
async function readText(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : text.replaceAll('\r\n', '\n').trimEnd();
}

const IMAGES = ['COMMANDCENTER_IMAGE', 'COMMANDCENTER_WEB_IMAGE'];

/** Production names images by digest: a tag may mean something else tomorrow. */
export function checkImages(values: Readonly<Record<string, string>>): Finding[] {
  const { problem, warning } = findingsOf('images');
  const found = IMAGES.flatMap((name): Finding[] => {
    const image = values[name] ?? '';
    const details = { target: name, evidence: { image } };
    if (image === '') {
      const remedy = 'Set it to the image by digest: registry/name@sha256:….';
      return [problem('image-missing', `${name} is not set in .env.`, remedy, details)];
    }
    if (/@sha256:[0-9a-f]{64}$/.test(image)) return [];
    return [
      warning(
        'image-by-tag',
        `${name} names ${image} by a tag, which may be another image tomorrow.`,
        'Name it by digest: `docker image inspect --format "{{index .RepoDigests 0}}"` prints it.',
        details,
      ),
    ];
  });
  return found.length > 0 ? found : [ok('images', 'Images are named by digest.')];
}

export const lookAtImages = async ({ folder }: Situation): Promise<Finding[]> =>
  folder && folder.environmentText !== null ? checkImages(folder.values) : [];

/** A backup counts once it was restored; as long as none is known, that is told. */
export async function lookAtBackup({ folder }: Situation): Promise<Finding[]> {
  if (!folder) return [];
  const { warning } = findingsOf('backup');
  return [
    warning(
      'backup-unknown',
      'No verified backup is known.',
      'Back up the volumes and secrets/, and try a restore: only what was restored is a backup.',
    ),
  ];
}
