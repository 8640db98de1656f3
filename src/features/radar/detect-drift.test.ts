import { describe, expect, test } from 'vitest';
import { collectEvidence } from './collect-evidence.ts';
import { type DriftInput, detectDrift, type JudgedTechnology, USES_SHOWN, type Use } from './detect-drift.ts';

const today = '2026-06-15';

function technology(values: Partial<JudgedTechnology> & { slug: string }): JudgedTechnology {
  return {
    id: `id-${values.slug}`,
    name: values.slug.toUpperCase(),
    kind: 'framework',
    ring: null,
    catalogued: true,
    standardVersion: null,
    reviewDate: null,
    decision: null,
    ...values,
  };
}

function use(technologySlug: string, values: Partial<Use> = {}): Use {
  return {
    id: `${technologySlug} ${values.repositoryName ?? 'shop'} ${values.component ?? ''}`,
    technologySlug,
    repositoryId: 'r1',
    repositoryName: 'shop',
    component: null,
    scope: 'runtime',
    ecosystem: 'npm',
    versionDeclared: null,
    versionLocked: null,
    lines: 1,
    ...values,
  };
}

function drift(technologies: JudgedTechnology[], uses: Use[] = [], scannedRepositories = 2) {
  return detectDrift({ technologies, uses, scannedRepositories, today });
}

describe('each kind of drift', () => {
  test('a technology on hold that code uses, with the decision and the lines', () => {
    const decision = {
      ring: 'hold' as const,
      reason: 'No maintainer',
      by: 'Ada',
      at: '2026-01-02T00:00:00.000Z',
    };
    const { items } = drift(
      [technology({ slug: 'moment', ring: 'hold', decision })],
      [use('moment', { versionLocked: '2.29.4' })],
    );
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      kind: 'hold-used',
      severity: 'high',
      summary: 'MOMENT is on hold, yet it is used in shop.',
      decision,
      uses: [{ repositoryName: 'shop', versionLocked: '2.29.4' }],
      evidenceTotal: 1,
    });
  });

  test('on hold and used for development only is less grave', () => {
    const { items } = drift(
      [technology({ slug: 'tslint', ring: 'hold' })],
      [use('tslint', { scope: 'development' })],
    );
    expect(items[0]).toMatchObject({
      severity: 'medium',
      summary: 'TSLINT is on hold, yet it is used in shop for development.',
    });
  });

  test('a technology nobody judged; a small library weighs less than a framework', () => {
    const { items, counts } = drift(
      [
        technology({ slug: 'left-pad', kind: 'library', catalogued: false }),
        technology({ slug: 'vue' }),
        technology({ slug: 'idle' }),
      ],
      [use('left-pad'), use('vue'), use('vue', { repositoryId: 'r2', repositoryName: 'admin' })],
    );
    expect(items.map((item) => [item.technology.slug, item.severity])).toEqual([
      ['vue', 'medium'],
      ['left-pad', 'low'],
    ]);
    expect(items[0]?.summary).toBe('VUE is used in admin and shop, and nobody has judged it yet.');
    expect(counts).toMatchObject({ 'unreviewed-used': 2, 'hold-used': 0 });
  });

  test('an adopted technology that no scanned repository uses', () => {
    const adopted = technology({ slug: 'elm', ring: 'adopt' });
    expect(drift([adopted]).items[0]).toMatchObject({
      kind: 'adopted-unused',
      summary: 'ELM is adopted, but none of the 2 scanned repositories uses it.',
      uses: [],
    });
    expect(drift([adopted], [use('elm')]).items).toEqual([]);
    expect(drift([adopted], [], 0).items, 'nothing was scanned, so nothing can be said').toEqual([]);
    expect(drift([technology({ slug: 'tdd', ring: 'adopt', kind: 'technique' })]).items).toEqual([]);
  });

  test('a version behind the standard shows only the uses that are behind', () => {
    const { items, notCompared } = drift(
      [technology({ slug: 'react', ring: 'adopt', standardVersion: '^18' })],
      [
        use('react', { versionDeclared: '^17.0.0', versionLocked: '17.0.2' }),
        use('react', { repositoryName: 'admin', versionLocked: '18.3.1' }),
        use('react', { repositoryName: 'docs', versionDeclared: 'latest' }),
        use('react', { repositoryName: 'mobile', versionDeclared: '>=16', component: 'app' }),
      ],
    );
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      kind: 'version-behind',
      severity: 'medium',
      summary: 'The standard for REACT is ^18, but 17.0.2 is used in shop.',
      evidenceTotal: 1,
    });
    expect(notCompared).toMatchObject([
      { repositoryName: 'docs', version: 'latest', why: '"latest" names no version' },
      {
        repositoryName: 'mobile',
        component: 'app',
        version: '>=16',
        why: '">=16" allows ^18 and older versions alike',
      },
    ]);
  });

  test('the version of a driver or an action is not taken for that of what it talks to or sets up', () => {
    const { items, notCompared } = drift(
      [
        technology({ slug: 'postgresql', kind: 'database', standardVersion: '16' }),
        technology({ slug: 'nodejs', kind: 'language', standardVersion: '20' }),
        technology({ slug: 'npm-pad', kind: 'library', catalogued: false, standardVersion: '2' }),
      ],
      [
        use('postgresql', { component: 'api', versionLocked: '8.23.1' }),
        use('postgresql', { component: 'db', versionDeclared: '15-alpine', ecosystem: 'docker' }),
        use('nodejs', { versionDeclared: 'v4', ecosystem: 'github-actions' }),
        use('npm-pad', { versionLocked: '1.0.0' }),
      ],
    );
    const behind = items.filter((item) => item.kind === 'version-behind');
    expect(behind.map((item) => [item.technology.slug, item.uses.length])).toEqual([
      ['npm-pad', 1],
      ['postgresql', 1],
    ]);
    expect(behind[1]?.summary).toBe('The standard for POSTGRESQL is 16, but 15-alpine is used in shop.');
    expect(notCompared).toMatchObject([
      { technology: { slug: 'nodejs' }, why: 'it is the version of an action' },
      { technology: { slug: 'postgresql' }, version: '8.23.1', why: 'it is the version of a client library' },
    ]);
  });

  test('a review date that has passed, not one of today', () => {
    const { items } = drift([
      technology({ slug: 'a', ring: 'trial', reviewDate: '2026-06-14' }),
      technology({ slug: 'b', ring: 'trial', reviewDate: today }),
    ]);
    expect(items).toMatchObject([
      {
        kind: 'review-overdue',
        severity: 'low',
        summary: 'The review of A was due on 2026-06-14, 1 day ago.',
      },
    ]);
    const late = drift([technology({ slug: 'a', ring: 'trial', reviewDate: '2025-06-14' })], [use('a')]);
    expect(late.items[0]).toMatchObject({
      severity: 'medium',
      summary: 'The review of A was due on 2025-06-14, 366 days ago.',
    });
  });
});

test('the gravest first, and the same for any order of the input', () => {
  const technologies = [
    technology({ slug: 'unjudged' }),
    technology({ slug: 'old', ring: 'hold' }),
    technology({ slug: 'older', ring: 'hold' }),
    technology({ slug: 'gone', ring: 'adopt' }),
    technology({ slug: 'late', ring: 'assess', reviewDate: '2026-06-01' }),
  ];
  const uses = [use('unjudged'), use('old'), use('older'), use('older', { repositoryName: 'admin' })];
  const first = drift(technologies, uses);
  expect(first.items.map((item) => item.technology.slug)).toEqual([
    'older',
    'old',
    'gone',
    'unjudged',
    'late',
  ]);
  expect(drift([...technologies].reverse(), [...uses].reverse())).toEqual(first);
});

test('the few lines shown come from many places', () => {
  const line = (path: string) => ({ path, line: 1, excerpt: '', rule: 'r', commit: 'c' });
  const uses = Array.from({ length: 12 }, (_, index) =>
    use('x', { repositoryName: `r${String(index).padStart(2, '0')}`, lines: 2 }),
  );
  const item = drift([technology({ slug: 'x', ring: 'hold' })], uses).items[0];
  expect(item?.evidenceTotal).toBe(24);
  expect(item?.uses).toHaveLength(USES_SHOWN);
  expect(item?.summary).toBe('X is on hold, yet it is used in 12 repositories.');
  const stored = new Map(uses.map(({ id }) => [id, [line('a'), line('b')]]));
  const shown = collectEvidence(item?.uses ?? [], stored);
  expect(new Set(shown.map((evidence) => evidence.repositoryName)).size).toBe(10);
  const few = collectEvidence((item?.uses ?? []).slice(0, 1), stored);
  expect(few).toMatchObject([{ path: 'a', repositoryName: 'r00' }, { path: 'b' }]);
});

test('2,000 technologies with 20,000 detections take a moment', () => {
  const rings = ['adopt', 'trial', 'assess', 'hold', null] as const;
  const input: DriftInput = {
    technologies: Array.from({ length: 2000 }, (_, index) =>
      technology({
        slug: `t${index}`,
        ring: rings[index % 5] ?? null,
        standardVersion: index % 2 ? '>=4.2' : null,
        reviewDate: '2026-01-01',
      }),
    ),
    uses: Array.from({ length: 20_000 }, (_, index) =>
      use(`t${index % 2000}`, {
        repositoryName: `r${index % 37}`,
        versionDeclared: `^${index % 7}.${index % 5}.0`,
        versionLocked: index % 3 ? `${index % 7}.${index % 5}.1` : null,
      }),
    ),
    scannedRepositories: 37,
    today,
  };
  detectDrift(input);
  // Time of this thread alone, so that a busy machine doesn't count.
  const before = process.threadCpuUsage();
  const { items, counts } = detectDrift(input);
  const { user, system } = process.threadCpuUsage(before);
  const took = (user + system) / 1000;
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(items.length);
  expect(items.length).toBeGreaterThan(2000);
  expect(took).toBeLessThan(1500);
});
