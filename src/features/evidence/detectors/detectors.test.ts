import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { detectors } from './index.ts';

type Row = [line: number, name: string, version: string | null, scope: string];

const readFixture = (path: string): string =>
  readFileSync(new URL(`fixtures/${path}`, import.meta.url), 'utf8');

function parse(path: string, text = readFixture(path)): Row[] {
  const detector = detectors.find((each) => each.matches(path));
  if (!detector) throw new Error(`No detector reads ${path}.`);
  return detector
    .parse({ path, text })
    .map(
      (finding): Row => [
        finding.line,
        `${finding.ecosystem}:${finding.name}`,
        finding.versionDeclared ?? finding.versionLocked,
        finding.scope,
      ],
    )
    .sort((a, b) => a[0] - b[0] || a[1].localeCompare(b[1]));
}

const expected: Record<string, Row[]> = {
  'npm/package.json': [
    [3, 'runtime:pnpm', '9.12.0', 'development'],
    [4, 'runtime:node', '>=20', 'runtime'],
    [9, 'npm:react', '^18.2.0', 'runtime'],
    [10, 'npm:lodash', '^4.17.0', 'runtime'],
    [13, 'npm:from-git', 'github:someone/from-git#v2.0.0', 'runtime'],
    [15, 'npm:react', '18.2.0', 'development'],
    [15, 'npm:typescript', '~5.4.0', 'development'],
    [17, 'npm:fsevents', '2.3.3', 'runtime'],
    [20, 'npm:vue', '>=3', 'runtime'],
  ],
  'npm-lock-v1/package-lock.json': [
    [7, 'npm:debug', '4.3.4', 'transitive'],
    [11, 'npm:ms', '2.1.2', 'transitive'],
    [16, 'npm:ms', '2.0.0', 'transitive'],
  ],
  'npm-lock-v3/package-lock.json': [
    [6, 'npm:@babel/core', '7.24.0', 'transitive'],
    [9, 'npm:debug', '4.3.4', 'transitive'],
    [12, 'npm:ms', '2.1.2', 'transitive'],
    [15, 'npm:lodash', '4.17.21', 'transitive'],
    [21, 'npm:debug', '3.2.7', 'transitive'],
  ],
  'pnpm-v5/pnpm-lock.yaml': [
    [7, 'npm:debug', '4.3.4', 'transitive'],
    [10, 'npm:@types/node', '18.0.0', 'transitive'],
    [14, 'npm:@types/node', '18.0.0', 'transitive'],
    [18, 'npm:debug', '4.3.4', 'transitive'],
    [23, 'npm:ms', '2.1.2', 'transitive'],
  ],
  'pnpm-v9/pnpm-lock.yaml': [
    [7, 'npm:typescript', '5.4.5', 'transitive'],
    [16, 'npm:react-dom', '18.3.1', 'transitive'],
    [22, 'npm:react-dom', '18.3.1', 'transitive'],
    [27, 'npm:scheduler', '0.23.2', 'transitive'],
  ],
  'yarn-v1/yarn.lock': [
    [5, 'npm:@babel/core', '7.24.0', 'transitive'],
    [11, 'npm:debug', '4.3.4', 'transitive'],
  ],
  'yarn-berry/yarn.lock': [[7, 'npm:@babel/core', '7.24.0', 'transitive']],
  'requirements/requirements-dev.txt': [
    [4, 'pypi:pytest', '8.2.0', 'development'],
    [7, 'pypi:Uvicorn', '>=0.29,<1.0', 'development'],
    [8, 'pypi:django', null, 'development'],
    [9, 'pypi:requests', '2.31.0', 'development'],
    [12, 'pypi:tool', 'v1.2.0', 'development'],
  ],
  'pep621/pyproject.toml': [
    [2, 'pypi:hatchling', '>=1.20', 'development'],
    [6, 'runtime:python', '>=3.11', 'runtime'],
    [8, 'pypi:django', '>=4.2,<5', 'runtime'],
    [10, 'pypi:psycopg', '3.1.18', 'runtime'],
    [14, 'pypi:pytest', '>=8', 'development'],
    [15, 'pypi:uvicorn', null, 'runtime'],
    [19, 'pypi:ruff', '0.4.4', 'development'],
  ],
  'poetry/pyproject.toml': [
    [5, 'runtime:python', '^3.11', 'runtime'],
    [6, 'pypi:django', '^4.2', 'runtime'],
    [7, 'pypi:psycopg', '^3.1', 'runtime'],
    [11, 'pypi:django', '4.2.11', 'development'],
    [12, 'pypi:pytest', '^8.2', 'development'],
  ],
  'poetry/poetry.lock': [
    [2, 'pypi:django', '4.2.11', 'transitive'],
    [10, 'pypi:asgiref', '3.8.1', 'transitive'],
  ],
  'uv/uv.lock': [[12, 'pypi:flask', '3.0.3', 'transitive']],
  'go/go.mod': [
    [3, 'runtime:go', '1.22.1', 'runtime'],
    [5, 'go:github.com/gin-gonic/gin', 'v1.9.1', 'runtime'],
    [8, 'go:github.com/lib/pq', 'v1.10.9', 'runtime'],
    [10, 'go:golang.org/x/text', 'v0.14.0', 'transitive'],
    [11, 'go:gopkg.in/yaml.v3', 'v3.0.1', 'runtime'],
  ],
  'cargo/Cargo.toml': [
    [5, 'cargo:serde', '1.0.200', 'runtime'],
    [9, 'runtime:rust', '1.75', 'runtime'],
    [12, 'cargo:serde', 'workspace', 'runtime'],
    [13, 'cargo:http', '0.2', 'runtime'],
    [16, 'cargo:tokio', '1.37', 'runtime'],
    [21, 'cargo:tokio', '1.38', 'development'],
    [24, 'cargo:libc', '0.2.153', 'runtime'],
    [27, 'cargo:cc', '1', 'development'],
  ],
  'cargo/Cargo.lock': [[4, 'cargo:serde', '1.0.201', 'transitive']],
  'docker/Dockerfile': [
    [4, 'docker:node', '20.12-alpine', 'runtime'],
    [11, 'docker:localhost:5000/team/nginx', '1.25', 'runtime'],
    [14, 'docker:redis', '7.2', 'runtime'],
    [15, 'docker:debian', null, 'runtime'],
  ],
  'compose/docker-compose.prod.yml': [
    [2, 'docker:redis', '7.2', 'runtime'],
    [10, 'docker:postgres', '16.2', 'runtime'],
    [12, 'docker:rabbitmq', null, 'runtime'],
  ],
  'workflow/.github/workflows/ci.yml': [
    [5, 'docker:node', '20', 'development'],
    [8, 'runtime:python', '3.11, 3.12', 'development'],
    [11, 'docker:postgres', '16', 'development'],
    [13, 'github-actions:actions/checkout', 'v4', 'development'],
    [17, 'github-actions:actions/setup-python', '0b93645e9fea7318ecaed2b359559ac225c90a2b', 'development'],
    [20, 'github-actions:actions/setup-go', 'v5', 'development'],
    [21, 'runtime:go', '1.22', 'development'],
    [23, 'docker:alpine', '3.19', 'development'],
    [25, 'github-actions:octo/repo/.github/workflows/build.yml', 'main', 'development'],
  ],
  'versions/.tool-versions': [
    [2, 'runtime:nodejs', '20.12.2', 'runtime'],
    [3, 'runtime:python', '3.12.3', 'runtime'],
  ],
  'versions/.nvmrc': [[1, 'runtime:node', '20.12.2', 'runtime']],
  'versions/.python-version': [[1, 'runtime:python', '3.12', 'runtime']],
  'versions/rust-toolchain.toml': [[2, 'runtime:rust', '1.77.2', 'runtime']],
  'versions/rust-toolchain': [[1, 'runtime:rust', '1.76.0', 'runtime']],
};

test.each(Object.entries(expected))('%s', (path, rows) => {
  expect(parse(path)).toEqual(rows);
});

test.each(Object.keys(expected))('%s reads the same with Windows line ends and a byte order mark', (path) => {
  expect(parse(path, `\uFEFF${readFixture(path).replaceAll('\n', '\r\n')}`)).toEqual(expected[path]);
});

test.each([
  'npm/package.json',
  'npm-lock-v3/package-lock.json',
  'pep621/pyproject.toml',
  'uv/uv.lock',
  'go/go.mod',
])('%s cut short says that it can not be read', (path) => {
  const text = path.endsWith('go.mod') ? 'require (' : readFixture(path).slice(0, 60);
  expect(() => parse(path, text)).toThrow(expect.objectContaining({ code: 'manifest-unreadable' }));
});
