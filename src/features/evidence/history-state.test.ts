import { expect, test } from 'vitest';
import { createHistoryState } from './history-state.ts';

const declares = (path: string, ...packages: [string, string | null][]) => ({
  path,
  after: new Map(packages),
});

test('a package enters with its first manifest, changes version and leaves with its last', () => {
  const state = createHistoryState();
  expect(state.apply([declares('package.json', ['npm:react', '^17'])])).toMatchObject([
    { ecosystem: 'npm', packageName: 'react', change: 'entered', versionAfter: '^17', path: 'package.json' },
  ]);
  expect(state.apply([declares('web/package.json', ['npm:react', '^17'])])).toEqual([]);
  expect(state.apply([declares('package.json', ['npm:react', '^18'])])).toMatchObject([
    { change: 'version', versionBefore: '^17', versionAfter: '^18', path: 'package.json' },
  ]);
  expect(state.apply([declares('package.json')])).toEqual([]);
  expect(state.apply([declares('web/package.json')])).toMatchObject([
    { change: 'left', versionBefore: '^17' },
  ]);
});

test('a manifest that moves is neither an entry nor an exit', () => {
  const state = createHistoryState();
  state.apply([declares('a/package.json', ['npm:vue', '3'])]);
  expect(state.apply([declares('a/package.json'), declares('b/package.json', ['npm:vue', '3'])])).toEqual([]);
});

test('one step in many manifests of a monorepo is told once', () => {
  const state = createHistoryState();
  state.apply([declares('a/package.json', ['npm:vue', '2']), declares('b/package.json', ['npm:vue', '2'])]);
  const changes = state.apply([
    declares('a/package.json', ['npm:vue', '3']),
    declares('b/package.json', ['npm:vue', '3']),
  ]);
  expect(changes).toHaveLength(1);
});

test('a name with colons and scopes keeps its ecosystem', () => {
  const [change] = createHistoryState().apply([declares('go.mod', ['go:example.com/a:b', null])]);
  expect(change).toMatchObject({ ecosystem: 'go', packageName: 'example.com/a:b', versionAfter: null });
});
