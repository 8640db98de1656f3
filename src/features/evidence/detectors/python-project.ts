import type { Detector, Finding, Scope } from '../types.ts';
import { confidence } from './confidence.ts';
import { parseRequirement } from './python-requirement.ts';
import { readToml, type TomlSource } from './read-toml.ts';
import { baseName, type FindingParts, findingsOf, isRecord, recordOf, textOf } from './source-lines.ts';

type Build = (parts: FindingParts) => Finding;
type Path = (string | number)[];

const DEVELOPMENT_EXTRA = /^(dev|develop|development|test|tests|testing|lint|docs?|typing|ci|build)$/i;

/** `pyproject.toml`: PEP 621, dependency groups (PEP 735), Poetry, and the build system. */
export const pythonProject: Detector = {
  id: 'python-project',
  matches: (path) => baseName(path) === 'pyproject.toml',
  parse(file) {
    const source = readToml(file);
    const finding = findingsOf(file, source);
    const { value } = source;
    const project = recordOf(value['project']);
    const findings = readList(
      source,
      finding,
      project['dependencies'],
      ['project', 'dependencies'],
      'runtime',
    );
    for (const [extra, list] of Object.entries(recordOf(project['optional-dependencies']))) {
      const scope = DEVELOPMENT_EXTRA.test(extra) ? 'development' : 'runtime';
      findings.push(...readList(source, finding, list, ['project', 'optional-dependencies', extra], scope));
    }
    for (const [group, list] of Object.entries(recordOf(value['dependency-groups']))) {
      findings.push(...readList(source, finding, list, ['dependency-groups', group], 'development'));
    }
    const build = recordOf(value['build-system'])['requires'];
    findings.push(...readList(source, finding, build, ['build-system', 'requires'], 'development'));
    const uv = recordOf(recordOf(value['tool'])['uv'])['dev-dependencies'];
    findings.push(...readList(source, finding, uv, ['tool', 'uv', 'dev-dependencies'], 'development'));
    const python = textOf(project['requires-python']);
    if (python) findings.push(runtimeOf(source, finding, python, ['project', 'requires-python']));
    return [...findings, ...readPoetry(source, finding)];
  },
};

function runtimeOf(source: TomlSource, finding: Build, version: string, path: Path): Finding {
  const line = source.lineOf(...path);
  const rule = 'python-requires';
  return finding({
    ecosystem: 'runtime',
    name: 'python',
    version,
    line,
    rule,
    confidence: confidence.engine,
  });
}

function readList(source: TomlSource, finding: Build, list: unknown, path: Path, scope: Scope): Finding[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) => {
    const requirement = typeof item === 'string' ? parseRequirement(item) : null;
    if (!requirement) return [];
    const line = source.lineOf(...path, index);
    const rule = 'python-project-dependency';
    return [
      finding({ ecosystem: 'pypi', ...requirement, scope, line, rule, confidence: confidence.manifest }),
    ];
  });
}

function readPoetry(source: TomlSource, finding: Build): Finding[] {
  const poetry = recordOf(recordOf(source.value['tool'])['poetry']);
  const base: Path = ['tool', 'poetry'];
  const findings = [
    ...readTable(source, finding, poetry['dependencies'], [...base, 'dependencies'], 'runtime'),
    ...readTable(source, finding, poetry['dev-dependencies'], [...base, 'dev-dependencies'], 'development'),
  ];
  for (const [group, value] of Object.entries(recordOf(poetry['group']))) {
    const path = [...base, 'group', group, 'dependencies'];
    const scope = group === 'main' ? 'runtime' : 'development';
    findings.push(...readTable(source, finding, recordOf(value)['dependencies'], path, scope));
  }
  return findings;
}

function readTable(source: TomlSource, finding: Build, table: unknown, path: Path, scope: Scope): Finding[] {
  return Object.entries(recordOf(table)).flatMap(([name, value]) => {
    const wish = Array.isArray(value) ? (value[0] as unknown) : value;
    if (isRecord(wish) && typeof wish['path'] === 'string') return [];
    const version = isRecord(wish) ? (textOf(wish['version']) ?? textOf(wish['tag'])) : textOf(wish);
    if (name.toLowerCase() === 'python') return [runtimeOf(source, finding, version ?? '*', [...path, name])];
    const line = source.lineOf(...path, name);
    const rule = 'python-poetry-dependency';
    return [
      finding({ ecosystem: 'pypi', name, version, scope, line, rule, confidence: confidence.manifest }),
    ];
  });
}
