import { join, relative } from 'node:path';
import { type Finding, findingsOf, ok } from './finding.ts';
import type { Situation } from './situation.ts';

export interface ExposureFacts {
  /** The folder that is looked at. */
  folder: string;
  /** Paths of secrets, below it, that git keeps or has kept. */
  committed: readonly string[];
  /** Paths of secrets that the next `git add` would take. */
  notIgnored: readonly string[];
  /** What would make git leave them alone. */
  ignoreLines: readonly string[];
}

/** Whether a secret is, was or could be committed; null where there is no repository. */
export function checkExposure(facts: ExposureFacts | null): Finding[] {
  const { problem, warning } = findingsOf('version-control');
  if (!facts) return [ok('version-control', 'No repository holds the secrets.')];
  const found: Finding[] = facts.committed.map((path) =>
    problem(
      'secret-in-git',
      `${join(facts.folder, path)} is or was committed to git: everybody with a copy has it.`,
      `\`git rm --cached ${path}\`, and make each secret in it anew: removing it doesn't take it back.`,
      { target: path, evidence: { path } },
    ),
  );
  if (facts.notIgnored.length > 0) {
    found.push(
      warning(
        'secret-not-ignored',
        `${facts.notIgnored.join(', ')} would be committed by \`git add\`: no .gitignore names it.`,
        `Add ${facts.ignoreLines.join(', ')} to ${join(facts.folder, '.gitignore')}.`,
        {
          target: facts.folder,
          evidence: { paths: facts.notIgnored.join(', ') },
          fix: { kind: 'ignore-in-git', path: join(facts.folder, '.gitignore'), lines: facts.ignoreLines },
        },
      ),
    );
  }
  return found.length > 0 ? found : [ok('version-control', 'git keeps no secret and would take none.')];
}

const FOLDER_LINES = ['.env', 'secrets/', 'edge/tls/', 'deployments/'];

/** Asks git about the folder's secrets, or about what the data directory keeps. */
export async function lookAtVersionControl(situation: Situation): Promise<Finding[]> {
  const { folder, config, probes } = situation;
  const root = folder?.path ?? config.dataDir;
  const git = (argv: string[], input?: string) =>
    probes.run('git', ['-c', 'safe.directory=*', '-C', root, ...argv], input);
  const inside = await git(['rev-parse', '--is-inside-work-tree']);
  if (inside?.stdout.trim() !== 'true') return checkExposure(null);
  const below = folder ? relative(root, folder.secretsFolder) : '';
  const secrets = folder
    ? [below.startsWith('..') ? 'secrets' : below, 'edge/tls/privkey.pem', '.env']
    : ['.'];
  const probe = folder ? [`${secrets[0]}/secret_key`, ...secrets.slice(1)] : ['secret-key', 'owner-token'];
  const [tracked, kept, ignored] = await Promise.all([
    git(['ls-files', '-z', '--', ...secrets]),
    git(['log', '--all', '-n', '20', '--format=', '--name-only', '--relative', '-z', '--', ...secrets]),
    git(['check-ignore', '--no-index', '-z', '--stdin'], probe.join('\0')),
  ]);
  const names = (text = ''): string[] => text.split(/[\0\n]/).filter(Boolean);
  const left = new Set(names(ignored?.stdout));
  return checkExposure({
    folder: root,
    committed: [...new Set([...names(tracked?.stdout), ...names(kept?.stdout)])].sort(),
    notIgnored: probe.filter((path) => !left.has(path)),
    ignoreLines: folder ? FOLDER_LINES : ['*'],
  });
}
