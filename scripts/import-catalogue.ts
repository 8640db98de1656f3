import { writeFile } from 'node:fs/promises';
import '@specfy/stack-analyser/dist/autoload.js';
import { registeredRules } from '@specfy/stack-analyser/dist/register.js';

/**
 * Makes src/features/evidence/catalogue/technologies.json from the rules of @specfy/stack-analyser (MIT).
 * Run by hand when that package is updated; our own corrections stand apart, in corrections.ts.
 */
interface Rule {
  tech: string;
  name: string;
  type: string;
  files?: (string | RegExp)[] | RegExp;
  dependencies?: { type: string; name: string | RegExp }[];
}

const ecosystems: Record<string, string> = {
  npm: 'npm',
  python: 'pypi',
  golang: 'go',
  rust: 'cargo',
  docker: 'docker',
  githubAction: 'github-actions',
};

const kinds: Record<string, string> = {
  language: 'language',
  runtime: 'language',
  framework: 'framework',
  ui_framework: 'framework',
  ssg: 'framework',
  db: 'database',
  queue: 'database',
  storage: 'database',
  ci: 'ci',
  iac: 'infrastructure',
  cloud: 'infrastructure',
  hosting: 'infrastructure',
  network: 'infrastructure',
  linter: 'tool',
  test: 'tool',
  tool: 'tool',
  builder: 'tool',
  package_manager: 'tool',
  orm: 'library',
  ui: 'library',
  iconset: 'library',
  validation: 'library',
};

// A package that only speaks to a technology, or is written for it, does not show that it is in use here.
const aboutOnly =
  /^@(opentelemetry|pulumi|types|mikro-orm|sentry\/opentelemetry|elastic\/opentelemetry)\/|^@cdktf\/|-connection-string$|-interval$/;

function convert(rule: Rule) {
  const packages: Record<string, string[]> = {};
  for (const { type, name } of rule.dependencies ?? []) {
    const ecosystem = ecosystems[type];
    if (!ecosystem || name instanceof RegExp || aboutOnly.test(name)) continue;
    packages[ecosystem] = [...(packages[ecosystem] ?? []), name];
  }
  const files = Array.isArray(rule.files) ? rule.files.filter((file) => typeof file === 'string') : [];
  return {
    slug: rule.tech.replaceAll(/[^a-z0-9]+/g, '-'),
    name: rule.name,
    kind: kinds[rule.type] ?? 'service',
    packages,
    ...(files.length > 0 ? { files } : {}),
  };
}

const rules = [...(Object.values(registeredRules) as Rule[])];
const technologies = rules.map(convert).sort((a, b) => a.slug.localeCompare(b.slug));
const lines = technologies.map((technology) => JSON.stringify(technology));
await writeFile('src/features/evidence/catalogue/technologies.json', `[\n${lines.join(',\n')}\n]\n`);
