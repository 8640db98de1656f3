import { insertScan, markGone, upsertDetections } from '#features/evidence/scan-store.ts';
import { type detections, technologyHistory } from '#features/evidence/tables.ts';
import { repositories } from '#features/repositories/index.ts';
import { newId } from '#platform/ids/index.ts';
import { emitEvent } from '#platform/jobs/index.ts';
import { startTestApp, type TestApp } from './index.ts';

/** What a scan finds of one technology. */
interface Found {
  technology: string;
  name: string;
  kind: string;
  version: string | null;
  ecosystem?: string;
  scope?: 'runtime' | 'development';
}

/** Stores what a scan would have found and tells it as a scan does. */
async function scan(app: TestApp, repositoryId: string, found: readonly Found[]): Promise<void> {
  const scanId = newId();
  const now = new Date();
  await app.context.transaction(async (tx) => {
    await insertScan(tx, {
      id: scanId,
      repositoryId,
      commit: 'c0ffee',
      committedAt: now,
      startedAt: now,
      finishedAt: now,
      files: 3,
      counts: { detections: found.length, technologies: found.length, ignored: 0, transitive: {} },
      problems: [],
    });
    await upsertDetections(
      tx,
      found.map((item) => toDetection(item, { repositoryId, scanId, at: now })),
    );
    await markGone(tx, repositoryId, scanId, now);
    await emitEvent(app.context, tx, 'evidence.scanned', { repositoryId, scanId, commit: 'c0ffee' });
  });
  await app.runJobs();
}

function toDetection(
  found: Found,
  { repositoryId, scanId, at }: { repositoryId: string; scanId: string; at: Date },
): typeof detections.$inferInsert {
  const { technology, name, kind, version, ecosystem = 'npm', scope = 'runtime' } = found;
  const line = {
    path: 'package.json',
    line: 5,
    excerpt: `"${technology}"`,
    rule: ecosystem,
    commit: 'c0ffee',
  };
  return {
    id: newId(),
    repositoryId,
    scanId,
    subjectKey: `${ecosystem}:${technology}`,
    technologySlug: technology,
    technologyName: name,
    kind,
    ecosystem,
    packageName: technology,
    component: '',
    scope,
    versionDeclared: version === null ? null : `^${version}`,
    versionLocked: version,
    confidence: 0.95,
    rule: ecosystem,
    evidence: [line, { ...line, path: 'package-lock.json', line: 40 }],
    firstSeenAt: at,
    lastSeenAt: at,
  };
}

const typescript: Found = {
  technology: 'typescript',
  name: 'TypeScript',
  kind: 'language',
  version: '5.4.5',
  scope: 'development',
};
const leftPad: Found = { technology: 'npm-left-pad', name: 'left-pad', kind: 'library', version: '1.3.0' };
const reactAt = (version: string): Found => ({
  technology: 'react',
  name: 'React',
  kind: 'framework',
  version,
});
/** React 17, TypeScript and left-pad. */
export const atFirst = [reactAt('17.0.2'), typescript, leftPad];
/** React 18 and Go as well. */
export const later = [
  reactAt('18.3.1'),
  typescript,
  leftPad,
  { ...typescript, technology: 'golang', name: 'Go' },
];

/** An application with one repository in which a scan has found React, TypeScript and left-pad. */
export interface ScannedApp {
  readonly app: TestApp;
  readonly repositoryId: string;
  /** What the owner reads at a path. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what tests assert.
  get(path: string): Promise<any>;
  /** Another scan, which finds this. */
  scan(found: readonly Found[]): Promise<void>;
}

export async function startScannedApp(): Promise<ScannedApp> {
  const app = await startTestApp();
  const repositoryId = newId();
  await app.context.transaction(async (tx) => {
    await tx.insert(repositories).values({
      id: repositoryId,
      name: 'shop',
      location: '/srv/shop',
      locationKey: '/srv/shop',
      kind: 'path',
      state: 'ready',
      syncEveryMinutes: 10_080,
      lastTriedAt: new Date(),
    });
    await tx.insert(technologyHistory).values({
      id: newId(),
      repositoryId,
      technologySlug: 'react',
      ecosystem: 'npm',
      packageName: 'react',
      path: 'package.json',
      change: 'entered',
      versionAfter: '^17.0.2',
      commit: 'c0ffee',
      committedAt: new Date('2024-05-01T10:00:00Z'),
      author: 'Ada',
    });
  });
  await scan(app, repositoryId, atFirst);
  return {
    app,
    repositoryId,
    get: async (path) => (await app.request('GET', path)).body,
    scan: (found) => scan(app, repositoryId, found),
  };
}
