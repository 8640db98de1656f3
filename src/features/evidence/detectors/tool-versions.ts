import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { readToml } from './read-toml.ts';
import { baseName, findingsOf, readSource, recordOf, textOf } from './source-lines.ts';

/** Files that hold one version, and of what. */
const SINGLE: Readonly<Record<string, string>> = {
  '.nvmrc': 'node',
  '.node-version': 'node',
  '.python-version': 'python',
  '.ruby-version': 'ruby',
  '.java-version': 'java',
  '.go-version': 'go',
  '.php-version': 'php',
  '.terraform-version': 'terraform',
  '.bun-version': 'bun',
  'rust-toolchain': 'rust',
};

/** `.nvmrc` and the like: the first line that is not a comment is the version. */
export const versionFile: Detector = {
  id: 'version-file',
  matches: (path) => Object.hasOwn(SINGLE, baseName(path)),
  parse(file) {
    const source = readSource(file);
    const index = source.lines.findIndex((line) => !/^\s*(#|$)/.test(line));
    const text = source.lines[index]?.trim() ?? '';
    // `rust-toolchain` may also be written as TOML.
    if (text.startsWith('[')) return rustToolchain.parse(file);
    if (index < 0 || !/^[\w./*+-]+$/.test(text)) return [];
    const name = SINGLE[baseName(file.path)] ?? '';
    const version = text.replace(/^v(?=\d)/, '').replace(/^(?:ruby|python|node|go)-(?=\d)/, '');
    const finding = findingsOf(file, source);
    const rule = 'version-file';
    const line = index + 1;
    return [finding({ ecosystem: 'runtime', name, version, line, rule, confidence: confidence.toolVersion })];
  },
};

/** `.tool-versions` of asdf and mise: a tool and its versions on each line. */
export const toolVersions: Detector = {
  id: 'tool-versions',
  matches: (path) => baseName(path) === '.tool-versions',
  parse(file) {
    const source = readSource(file);
    const finding = findingsOf(file, source);
    return source.lines.flatMap((text, index): Finding[] => {
      const [name, version] = text.replace(/#.*$/, '').trim().split(/\s+/);
      if (!name || !version || !/^[\w.-]+$/.test(name)) return [];
      const rule = 'tool-versions';
      const line = index + 1;
      return [
        finding({ ecosystem: 'runtime', name, version, line, rule, confidence: confidence.toolVersion }),
      ];
    });
  },
};

/** `rust-toolchain.toml`. */
export const rustToolchain: Detector = {
  id: 'rust-toolchain',
  matches: (path) => baseName(path) === 'rust-toolchain.toml',
  parse(file) {
    const source = readToml(file);
    const finding = findingsOf(file, source);
    const version = textOf(recordOf(source.value['toolchain'])['channel']);
    if (version === null) return [];
    const line = source.lineOf('toolchain', 'channel');
    const rule = 'rust-toolchain';
    return [
      finding({
        ecosystem: 'runtime',
        name: 'rust',
        version,
        line,
        rule,
        confidence: confidence.toolVersion,
      }),
    ];
  },
};
