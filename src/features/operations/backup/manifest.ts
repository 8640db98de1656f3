import type { Static } from 'typebox';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { appError } from '#platform/errors/index.ts';

const FORMAT = 'commandcenter-backup';
const FORMAT_VERSION = 1;

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const PartName = Type.String({ pattern: '^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?$' });
const Count = Type.Integer({ minimum: 0 });

const Manifest = Type.Object({
  format: Type.Literal(FORMAT),
  formatVersion: Type.Integer(),
  name: Type.String(),
  /** The moment of the snapshot. */
  takenAt: Type.String(),
  /** What it was made before, if it is a safety set. */
  madeBefore: Type.Optional(Type.Union([Type.Literal('upgrade'), Type.Literal('restore')])),
  /** The version of the product that made it. */
  version: Type.String(),
  runtime: Type.Union([Type.Literal('embedded'), Type.Literal('server')]),
  postgres: Type.String(),
  migrations: Type.Array(Type.Object({ name: Type.String(), checksum: Sha256 })),
  tables: Type.Array(
    Type.Object({
      name: Type.String(),
      columns: Type.Array(Type.String()),
      order: Type.Array(Type.Object({ column: Type.String(), text: Type.Boolean() })),
      part: PartName,
      rows: Count,
      bytes: Count,
      sha256: Sha256,
    }),
  ),
  sequences: Type.Array(
    Type.Object({ name: Type.String(), lastValue: Type.String(), called: Type.Boolean() }),
  ),
  files: Type.Object({
    part: PartName,
    count: Count,
    bytes: Count,
    /** Uploads that the database names and that were not there when the set was made. */
    missing: Type.Array(Type.String()),
  }),
  configuration: PartName,
  keys: PartName,
  seal: PartName,
  parts: Type.Record(Type.String(), Type.Object({ size: Count, sha256: Sha256 })),
  /** Whom it is encrypted for; none if it is open. */
  recipients: Type.Array(Type.String()),
  /** What a restore makes again. */
  rebuilt: Type.Array(Type.String()),
});
export type Manifest = Static<typeof Manifest>;

const REBUILT = ['retrieval index', 'mirrors of repositories', 'tickets of the job queue'];

export function writeManifest(manifest: Omit<Manifest, 'format' | 'formatVersion' | 'rebuilt'>): Buffer {
  const whole: Manifest = { format: FORMAT, formatVersion: FORMAT_VERSION, ...manifest, rebuilt: REBUILT };
  return Buffer.from(`${JSON.stringify(whole, null, 2)}\n`);
}

/** Throws AppError `backup-foreign`, `backup-newer` or `backup-manifest-damaged`. */
export function parseManifest(bytes: Buffer, name: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw manifestDamaged(name, 'it is not JSON', error);
  }
  const { format, formatVersion } = (value ?? {}) as Record<string, unknown>;
  if (format !== FORMAT) {
    throw appError('backup-foreign', 409, `${name} is not a backup of CommandCenter.`, {
      remedy: 'Name a folder that `commandcenter backup create` has made.',
    });
  }
  if (typeof formatVersion === 'number' && formatVersion > FORMAT_VERSION) {
    throw appError('backup-newer', 409, `${name} was made by a newer version.`, {
      remedy: 'Use the version that made it, or a newer one.',
    });
  }
  if (!Value.Check(Manifest, value)) throw manifestDamaged(name, 'something in it is not what it should be');
  return value;
}

export function manifestDamaged(name: string, why: string, cause?: unknown): Error {
  return appError('backup-manifest-damaged', 409, `The manifest of ${name} is damaged: ${why}.`, {
    remedy: 'Use another copy of this set, or another set.',
    cause,
  });
}
