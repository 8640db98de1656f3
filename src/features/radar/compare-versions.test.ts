import { describe, expect, test } from 'vitest';
import { compareToStandard, isComparableStandard, readStandard } from './compare-versions.ts';

function compare(
  standard: string,
  declared: string | null,
  locked: string | null = null,
  ecosystem?: string,
) {
  return compareToStandard(readStandard(standard), { declared, locked, ecosystem: ecosystem ?? null }).result;
}

describe('a use against the standard', () => {
  test.each([
    ['20', '20.11.0', 'current'],
    ['20', '18.19.1', 'behind'],
    ['20', '22.1.0', 'current'],
    ['18.2.0', '18.2', 'current'],
    ['18.0.0', '18', 'current'],
    ['^18', '18.3.1', 'current'],
    ['^18', '17.0.2', 'behind'],
    ['>=3.8', '3.12.1', 'current'],
    ['>=3.12', '3.9', 'behind'],
    ['16-alpine', '16-alpine', 'current'],
    ['16-alpine', '15-alpine3.19', 'behind'],
    ['16', '17.2-bookworm', 'current'],
    ['22.04', '20.04', 'behind'],
    ['22.04', '22.04', 'current'],
    ['22.04', '24.04', 'current'],
    ['v4', 'v3', 'behind'],
    ['v4', 'v4.1.7', 'current'],
    ['1.2.3.4', '1.2.3.3', 'behind'],
    ['1.2.3.4', '1.2.3.5', 'current'],
    ['18.0.0', '18.0.0-rc.1', 'behind'],
    ['18.0.0-beta.2', '18.0.0-rc.1', 'current'],
    ['2.0', '2.0.0rc1', 'behind'],
    ['6.1', '6.1.0.Final', 'current'],
  ])('standard %s, exact %s: %s', (standard, version, expected) => {
    expect(compare(standard, version)).toBe(expected);
  });

  test.each([
    ['18', '^18.2.0', 'current'],
    ['18', '~17.0.2', 'behind'],
    ['18', '^17 || ^18', 'unknown'],
    ['18', '17.x', 'behind'],
    ['18', '>=16 <18', 'behind'],
    ['18', '>=16', 'unknown'],
    ['3.12', '>=3.8,<4.0', 'unknown'],
    ['3.12', '>=3.12,<4.0', 'current'],
    ['3.12', '~=3.8.1', 'behind'],
    ['5.0', '~=4.2', 'behind'],
    ['4.2', '==4.2.*', 'current'],
    ['5.0', '==4.2.11', 'behind'],
    ['5.0', '>=4.2,!=4.2.3', 'unknown'],
    ['18', 'npm:preact@^10.5', 'behind'],
    ['2', 'workspace:^2.1.0', 'current'],
  ])('standard %s, range %s: %s', (standard, version, expected) => {
    expect(compare(standard, version)).toBe(expected);
  });

  test('the locked version wins over the declared range', () => {
    expect(compare('18.2', '^18.0.0')).toBe('unknown');
    expect(compare('18.2', '^18.0.0', '18.1.0')).toBe('behind');
    expect(compare('18.2', '^18.0.0', '18.3.1')).toBe('current');
  });

  test('a bare version in Cargo.toml allows newer ones', () => {
    expect(compare('1.5', '1.2', null, 'cargo')).toBe('unknown');
    expect(compare('2', '1.2', null, 'cargo')).toBe('behind');
    expect(compare('1.5', '1.2', '1.2.9', 'cargo')).toBe('behind');
  });

  test('a suffix comes before the release by the rules of npm and is a variant of an image', () => {
    expect(compare('3.0.0', '3.0.0-tools', null, 'npm')).toBe('behind');
    expect(compare('3.0.0', '3.0.0-tools', null, 'docker')).toBe('current');
  });
});

describe('what cannot be compared says so', () => {
  test.each([
    [null, 'no version is given'],
    ['latest', 'names no version'],
    ['*', 'names no version'],
    ['lts/*', 'names no version'],
    ['git+https://example.org/a.git', 'is a source'],
    ['file:../a', 'is a source'],
    ['8f4b7f84864484a7bf31766abe9204da3cbe65b3', 'is a commit'],
    ['v0.0.0-20230101000000-abcdefabcdef', 'without a release'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable as a Dockerfile has it
    ['${NODE_VERSION}', 'is a variable'],
    ['sha256:abcdef', 'digest'],
    ['16', 'allows 16.4 and older'],
    ['bookworm', 'not a version'],
    ['1!2.0', 'not a version'],
  ])('%s: %s', (version, why) => {
    const comparison = compareToStandard(readStandard('16.4'), { declared: version, locked: null });
    expect(comparison).toMatchObject({ result: 'unknown', why: expect.stringContaining(why) });
  });

  test('a standard without a lowest version', () => {
    expect(isComparableStandard('latest')).toBe(false);
    expect(isComparableStandard('^18')).toBe(true);
    expect(isComparableStandard('16-alpine')).toBe(true);
    expect(compare('whatever', '1.0.0')).toBe('unknown');
  });
});
