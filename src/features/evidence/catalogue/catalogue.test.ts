import { expect, test } from 'vitest';
import { allTechnologies, findTechnology, findTechnologyBySlug, resolveTechnology } from './index.ts';

test('a driver, an image and a package of another language are one technology', () => {
  const names = [
    ['npm', 'pg'],
    ['npm', 'postgres'],
    ['pypi', 'psycopg'],
    ['pypi', 'Psycopg2_binary'],
    ['go', 'github.com/lib/pq'],
    ['cargo', 'tokio-postgres'],
    ['docker', 'postgres'],
    ['docker', 'docker.io/library/postgres'],
  ] as const;
  for (const [ecosystem, name] of names)
    expect(findTechnology(ecosystem, name)?.slug, name).toBe('postgresql');
});

test('what is only written for a technology does not show it in use', () => {
  for (const name of ['@types/react', '@opentelemetry/instrumentation-pg', 'pg-connection-string']) {
    expect(findTechnology('npm', name), name).toBeUndefined();
  }
});

test('an unknown package is kept as itself, under a slug that tells it from others', () => {
  expect(resolveTechnology('npm', 'left-pad')).toEqual({
    slug: 'npm-left-pad',
    name: 'left-pad',
    kind: 'library',
  });
  expect(resolveTechnology('npm', '@scope/left-pad').slug).toBe('npm-scope--left-pad');
  expect(resolveTechnology('pypi', 'left-pad').slug).toBe('pypi-left-pad');
  expect(resolveTechnology('language', 'C++').slug).toBe('language-cpp');
  expect(resolveTechnology('language', 'C#').slug).toBe('language-csharp');
});

test('what a person has pinned goes before the catalogue', () => {
  const pins = new Map([['npm:pg', { slug: 'our-database', name: 'Our database' }]]);
  expect(resolveTechnology('npm', 'pg', pins)).toMatchObject({ slug: 'our-database', name: 'Our database' });
});

test('every technology has a slug fit for an address, a name and a quadrant', () => {
  const technologies = allTechnologies();
  expect(technologies.length).toBeGreaterThan(700);
  for (const technology of technologies) {
    expect(technology.slug).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    expect(technology.name).not.toBe('');
    expect(['languages', 'libraries', 'platforms', 'tools']).toContain(technology.quadrant);
  }
  expect(findTechnologyBySlug('postgresql')).toMatchObject({ name: 'PostgreSQL', kind: 'database' });
});
