import { appError } from '#platform/errors/index.ts';
import type { BackupType } from './commands.ts';

/** A backup in pgBackRest's repository. */
export interface ArchivedBackup {
  label: string;
  type: BackupType;
  startedAt: Date;
  /** From this time on it can be restored to. */
  finishedAt: Date;
  /** The WAL without which it is nothing. */
  firstSegment: string;
  lastSegment: string;
  /** Size of the database, and of what it takes in the repository with all that it refers to. */
  databaseBytes: number;
  repositoryBytes: number;
  /** Whether pages were found whose checksum is wrong. */
  damaged: boolean;
}

interface Info {
  status: { code: number; message: string };
  archive: { id: string; max: string | null }[];
  backup: {
    label: string;
    type: BackupType;
    error?: boolean;
    timestamp: { start: number; stop: number };
    archive: { start: string; stop: string };
    info: { size: number; repository: { size?: number; delta: number } };
  }[];
}

/** What `info --output=json` says of one stanza. Throws if it holds nothing that can be restored. */
export function readBackups(json: string, stanza: string): { archiveId: string; backups: ArchivedBackup[] } {
  const [info] = JSON.parse(json) as Info[];
  const archiveId = info?.archive.at(-1)?.id;
  if (!info || archiveId === undefined || info.backup.length === 0) {
    throw appError(
      'no-physical-backup',
      409,
      `The repository holds no backup of ${stanza}: ${info?.status.message ?? 'missing stanza path'}.`,
      {
        remedy:
          'Make one with `commandcenter point-in-time backup`, or look whether the repository is mounted.',
      },
    );
  }
  const backups = info.backup.map((one) => ({
    label: one.label,
    type: one.type,
    startedAt: new Date(one.timestamp.start * 1000),
    // Whole seconds are given: within that one it may not be consistent yet.
    finishedAt: new Date((one.timestamp.stop + 1) * 1000),
    firstSegment: one.archive.start,
    lastSegment: one.archive.stop,
    databaseBytes: one.info.size,
    repositoryBytes: one.info.repository.size ?? one.info.repository.delta,
    damaged: one.error === true,
  }));
  return { archiveId, backups };
}
