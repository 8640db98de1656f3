/** What a repository's own .gitattributes files say of a path. */
export interface PathAttributes {
  vendored?: boolean;
  generated?: boolean;
  documentation?: boolean;
  detectable?: boolean;
  language?: string;
}

interface AttributeRule {
  matches: (path: string) => boolean;
  set: PathAttributes;
}

const FLAGS = { vendored: true, generated: true, documentation: true, detectable: true } as const;

/** Reads .gitattributes files; rules of deeper folders, and later rules of a file, win. */
export function readAttributes(
  files: readonly { path: string; text: string }[],
): (path: string) => PathAttributes {
  const depth = (path: string): number => path.split('/').length;
  const rules = [...files]
    .sort((a, b) => depth(a.path) - depth(b.path))
    .flatMap(({ path, text }) => parseFile(path.slice(0, path.lastIndexOf('/') + 1), text));
  if (rules.length === 0) return () => ({});
  return (path) => {
    const found: PathAttributes = {};
    for (const { matches, set } of rules) if (matches(path)) Object.assign(found, set);
    return found;
  };
}

function parseFile(folder: string, text: string): AttributeRule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...words] = line.trim().split(/\s+/);
    if (!pattern || pattern.startsWith('#') || pattern.startsWith('[attr]')) return [];
    const set = parseWords(words);
    if (Object.keys(set).length === 0) return [];
    const regex = globToRegExp(pattern);
    const matches = (path: string): boolean =>
      path.startsWith(folder) && regex.test(path.slice(folder.length));
    return [{ matches, set }];
  });
}

function parseWords(words: readonly string[]): PathAttributes {
  const set: PathAttributes = {};
  for (const word of words) {
    const match = /^([-!]?)linguist-([a-z]+)(?:=(.+))?$/.exec(word);
    if (!match) continue;
    const [, sign, name, value] = match;
    if (name === 'language' && value) set.language = value;
    if (name !== undefined && name in FLAGS) {
      set[name as keyof typeof FLAGS] = sign === '' && value !== 'false';
    }
  }
  return set;
}

/** Patterns as in .gitignore: without a slash they match a name at any depth. */
function globToRegExp(pattern: string): RegExp {
  const anchored = pattern.replace(/\/$/, '/**').includes('/');
  const glob = pattern.replace(/^\//, '').replace(/\/$/, '/**');
  let source = '';
  for (let at = 0; at < glob.length; at += 1) {
    const rest = glob.slice(at);
    const set = /^\[[^\]/]+\]/.exec(rest)?.[0];
    if (rest.startsWith('**/')) {
      source += '(?:[^/]+/)*';
      at += 2;
    } else if (rest.startsWith('**')) {
      source += '.*';
      at += 1;
    } else if (set) {
      source += set.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
      at += set.length - 1;
    } else source += asSource(rest[0] ?? '');
  }
  try {
    return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${source}$`, 's');
  } catch {
    // A set that is no set, as in `[z-a]`, matches nothing.
    return /(?!)/;
  }
}

function asSource(character: string): string {
  if (character === '*') return '[^/]*';
  if (character === '?') return '[^/]';
  return character.replace(/[.+^${}()|[\]\\]/, '\\$&');
}
