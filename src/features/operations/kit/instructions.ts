/** A file of a production folder, and who may read it. */
export interface Owned {
  inside: string;
  uid: number;
  gid: number;
  mode: number;
}

interface About {
  version: string;
  at: Date;
  /** Where copies of the sets are. */
  offSite: string | undefined;
  /** Where the sets are. */
  sets: string;
}

/** What whoever holds the kit of a production folder has to do, in the order in which it is done. */
export function instructionsForContainers(about: About): string {
  const worker = 'docker compose run --rm --no-deps worker';
  const fetched =
    about.offSite === undefined
      ? 'Copy the sets into `backups/` of the volume `commandcenter_data`, owned by 10001.'
      : `\`${worker} backup fetch\` brings the newest set from \`${about.offSite}\`.`;
  return write(about, [
    'Put `installation/` where the production folder shall be, and run `sudo sh set-owners.sh FOLDER`: each secret has to belong to who reads it. Load or pull the images that its `.env` names.',
    'In the folder: `docker compose up -d postgres redis`.',
    fetched,
    `\`${worker} restore --latest --dry-run\`, then with \`--yes\` instead of \`--dry-run\`.`,
    '`commandcenter deploy FOLDER`. Make a new certificate if the old key may have fallen into other hands.',
  ]);
}

/** The same for an installation without containers. */
export function instructionsForProcesses(about: About): string {
  const fetched =
    about.offSite === undefined
      ? `Copy the sets to \`DATA_DIR/backups\`. They were in \`${about.sets}\`.`
      : `\`set -a; . ./settings.env; set +a; commandcenter backup fetch\` brings the newest set from \`${about.offSite}\`.`;
  return write(about, [
    'Install the product and choose an empty DATA_DIR. With DATABASE_URL have an empty PostgreSQL whose login has CREATEROLE and CREATEDB, and a new SECRET_KEY: a restore encrypts with it.',
    '`install -m 600 backup-identity "$DATA_DIR/backup-identity"`, or set BACKUP_IDENTITY_FILE to it.',
    fetched,
    '`commandcenter restore --latest --dry-run`, then with `--yes` instead of `--dry-run`.',
    '`commandcenter start`, or `serve` and `worker`.',
  ]);
}

function write({ version, at }: About, steps: readonly string[]): string {
  return [
    '# Coming back',
    '',
    `Written on ${at.toISOString()} by CommandCenter ${version}; use this version or a newer one.`,
    'Whoever has this can read every backup: keep it apart from them.',
    '',
    ...steps.map((step, at) => `${at + 1}. ${step}`),
    '',
    'Look at the product. docs/disaster-recovery.md says what else there is.',
    '',
  ].join('\n');
}

/** A script that gives each file of the folder its owner and its rights back. */
export function writeOwners(files: readonly Owned[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  return [
    '#!/bin/sh',
    '# Gives the files of a production folder their owners and rights back. Usage, as root: sh set-owners.sh FOLDER',
    'set -eu',
    '[ $# -eq 1 ] || { echo "Usage: sh set-owners.sh FOLDER" >&2; exit 2; }',
    'cd "$1"',
    'chmod 700 secrets',
    ...files.map(
      ({ inside, uid, gid, mode }) =>
        `chown ${uid}:${gid} ${quote(inside)} && chmod ${mode.toString(8)} ${quote(inside)}`,
    ),
    '',
  ].join('\n');
}
