import type { Detector } from '../types.ts';
import { confidence } from './confidence.ts';
import { baseName, findingsOf, readSource } from './source-lines.ts';

interface FileRule {
  /** The slug of the technology. */
  technology: string;
  /** File names; one that ends in `*` is a beginning. */
  names?: readonly string[];
  /** Paths end in one of these folders and a file name, as `.circleci/config.yml`. */
  paths?: readonly string[];
  confidence?: number;
}

/** What has no manifest and shows itself by a file with a name of its own. */
const FILE_RULES: readonly FileRule[] = [
  { technology: 'docker', names: ['Dockerfile', 'Containerfile', '.dockerignore'] },
  { technology: 'docker-compose', names: ['docker-compose*', 'compose.yaml', 'compose.yml'] },
  { technology: 'gitlab-ci', names: ['.gitlab-ci.yml', '.gitlab-ci.yaml'] },
  { technology: 'jenkins', names: ['Jenkinsfile', 'Jenkinsfile.*'] },
  { technology: 'circleci', paths: ['.circleci/config.yml'] },
  { technology: 'travisci', names: ['.travis.yml'] },
  { technology: 'azure-ci', names: ['azure-pipelines.yml', 'azure-pipelines.yaml'] },
  { technology: 'appveyor', names: ['appveyor.yml', '.appveyor.yml'] },
  { technology: 'droneci', names: ['.drone.yml'] },
  { technology: 'cirrusci', names: ['.cirrus.yml'] },
  { technology: 'dependabot', paths: ['.github/dependabot.yml', '.github/dependabot.yaml'] },
  { technology: 'renovate', names: ['renovate.json', 'renovate.json5', '.renovaterc', '.renovaterc.json'] },
  { technology: 'codecov', names: ['codecov.yml', '.codecov.yml'] },
  { technology: 'nginx', names: ['nginx.conf', 'nginx.conf.*'] },
  { technology: 'caddy', names: ['Caddyfile'] },
  { technology: 'traefik', names: ['traefik.yml', 'traefik.yaml', 'traefik.toml'] },
  { technology: 'haproxy', names: ['haproxy.cfg'] },
  { technology: 'prometheus', names: ['prometheus.yml', 'prometheus.yaml'] },
  { technology: 'ansible', names: ['ansible.cfg'] },
  { technology: 'pulumi', names: ['Pulumi.yaml'] },
  { technology: 'terragrunt', names: ['terragrunt.hcl'] },
  { technology: 'kubernetes', names: ['kustomization.yaml', 'kustomization.yml', 'skaffold.yaml'] },
  { technology: 'helm', names: ['Chart.yaml', 'helmfile.yaml'] },
  { technology: 'make', names: ['Makefile', 'GNUmakefile'], confidence: confidence.fileHint },
  { technology: 'typescript', names: ['tsconfig.json', 'tsconfig.*'] },
  { technology: 'vite', names: ['vite.config.*'] },
  { technology: 'vitest', names: ['vitest.config.*', 'vitest.workspace.*'] },
  { technology: 'jest', names: ['jest.config.*'] },
  { technology: 'playwright', names: ['playwright.config.*'] },
  { technology: 'webpack', names: ['webpack.config.*'] },
  { technology: 'rollup', names: ['rollup.config.*'] },
  { technology: 'babel', names: ['babel.config.*', '.babelrc', '.babelrc.*'] },
  { technology: 'eslint', names: ['eslint.config.*', '.eslintrc', '.eslintrc.*'] },
  { technology: 'prettier', names: ['.prettierrc', '.prettierrc.*', 'prettier.config.*'] },
  { technology: 'biomejs', names: ['biome.json', 'biome.jsonc'] },
  { technology: 'tailwind', names: ['tailwind.config.*'] },
  { technology: 'nextjs', names: ['next.config.*'] },
  { technology: 'nuxtjs', names: ['nuxt.config.*'] },
  { technology: 'astro', names: ['astro.config.*'] },
  { technology: 'angular', names: ['angular.json'] },
  { technology: 'sveltejs', names: ['svelte.config.*'] },
  { technology: 'docusaurus', names: ['docusaurus.config.*'] },
  { technology: 'turborepo', names: ['turbo.json'] },
  { technology: 'nxjs', names: ['nx.json'] },
  { technology: 'pnpm', names: ['pnpm-lock.yaml', 'pnpm-workspace.yaml'] },
  { technology: 'yarn', names: ['yarn.lock', '.yarnrc.yml'] },
  { technology: 'npm', names: ['package-lock.json', 'npm-shrinkwrap.json'] },
  { technology: 'poetry', names: ['poetry.lock'] },
  { technology: 'prisma', names: ['schema.prisma'] },
  { technology: 'mkdocs', names: ['mkdocs.yml'] },
  { technology: 'readthedocs', names: ['.readthedocs.yml', '.readthedocs.yaml'] },
  { technology: 'golangcilint', names: ['.golangci.yml', '.golangci.yaml', '.golangci.toml'] },
  { technology: 'netlify', names: ['netlify.toml'] },
  { technology: 'vercel', names: ['vercel.json'] },
  { technology: 'flyio', names: ['fly.toml'] },
  { technology: 'cloudflare-workers', names: ['wrangler.toml', 'wrangler.jsonc'] },
  { technology: 'firebase', names: ['firebase.json', '.firebaserc'] },
];

function toDetector(rule: FileRule): Detector {
  const names = rule.names ?? [];
  const exact = new Set(names.filter((name) => !name.endsWith('*')));
  const beginnings = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  const id = `file-${rule.technology}`;
  return {
    id,
    matches: (path) => {
      const name = baseName(path);
      return (
        exact.has(name) ||
        beginnings.some((beginning) => name.startsWith(beginning)) ||
        (rule.paths ?? []).some((end) => path === end || path.endsWith(`/${end}`))
      );
    },
    parse: (file) => {
      const finding = findingsOf(file, readSource(file));
      const sure = rule.confidence ?? confidence.fileName;
      return [finding({ ecosystem: 'file', name: rule.technology, line: 1, rule: id, confidence: sure })];
    },
  };
}

/** One detector for each technology that a file name gives away. */
export const fileRules: readonly Detector[] = FILE_RULES.map(toDetector);

/** Any workflow shows that GitHub Actions are in use. */
export const githubActions: Detector = {
  id: 'file-github-actions',
  matches: (path) => /(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path),
  parse: (file) => [
    findingsOf(
      file,
      readSource(file),
    )({
      ecosystem: 'file',
      name: 'github-actions',
      line: 1,
      rule: 'file-github-actions',
      confidence: confidence.fileName,
    }),
  ],
};
