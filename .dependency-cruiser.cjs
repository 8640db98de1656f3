// The order in which features stand on each other: each may use the index of the ones before it.
const features = [
  'identity',
  'projects',
  'repositories',
  'evidence',
  'radar',
  'knowledge',
  'research',
  'overview',
  'operations',
];

const upward = features.map((feature, at) => ({
  name: `feature-${feature}-looks-up`,
  comment: 'A feature uses only features that come before it. Say it with an event instead.',
  severity: 'error',
  from: { path: `^src/features/${feature}/`, pathNot: '\\.test\\.ts$' },
  to: { path: features.slice(at + 1).map((later) => `^src/features/${later}/`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Modules that need each other are one module, or one of them is in the wrong place.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'The platform is what features stand on.',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: '(\\.test\\.ts$|/fixtures/)' },
      to: { path: '^src/(features|app|server|cli|testing|web)/' },
    },
    ...upward.filter(({ to }) => to.path.length > 0),
    {
      name: 'feature-only-by-its-index',
      comment: 'Another feature is used through its index.ts; only app/features.ts takes routes and jobs.',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/features/', pathNot: ['^src/features/$1/', '^src/features/[^/]+/index\\.ts$'] },
    },
    {
      name: 'routes-and-jobs-only-for-app',
      comment: 'Routes and jobs are mounted in app/features.ts and nowhere else.',
      severity: 'error',
      from: { path: '^src/(server|cli|app)/', pathNot: ['^src/app/features\\.ts$', '\\.test\\.ts$'] },
      to: { path: '^src/features/', pathNot: '^src/features/[^/]+/index\\.ts$' },
    },
    {
      name: 'features-know-no-shell',
      comment: 'A feature is called by app, server and cli and never calls them.',
      severity: 'error',
      from: { path: '^src/features/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(app|server|cli|web)/' },
    },
    {
      name: 'web-only-by-generated-types',
      comment: 'The web application talks to the API; it shares nothing else with the server.',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: '^src/', pathNot: '^src/web/' },
    },
    {
      name: 'testing-only-in-tests',
      comment: 'Helpers of tests are not part of the product.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/testing/', '\\.test\\.tsx?$', '/fixtures/'] },
      to: { path: '^src/testing/' },
    },
    {
      name: 'not-resolvable',
      comment: 'Every import leads somewhere; mdast is types only (@types/mdast).',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '^mdast$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
