import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface TestRepository {
  /** The work tree, or the bare repository. */
  directory: string;
  git(...argv: string[]): Promise<string>;
  /** Writes files (null deletes), commits everything and returns the commit. */
  commit(
    files: Record<string, string | Buffer | null>,
    options?: { message?: string; date?: string },
  ): Promise<string>;
  remove(): Promise<void>;
}

/** A git repository in a temporary folder, with an author of its own and no user configuration. */
export async function createTestRepository(
  options: { bare?: boolean; name?: string } = {},
): Promise<TestRepository> {
  const parent = await mkdtemp(join(tmpdir(), 'commandcenter-git-'));
  const directory = join(parent, options.name ?? 'project');
  await mkdir(directory);
  const repository = openTestRepository(directory);
  await repository.git('init', '--quiet', '--initial-branch=main', ...(options.bare ? ['--bare'] : []));
  return { ...repository, remove: () => rm(parent, { recursive: true, force: true }) };
}

/** Works on a repository that is there already. */
export function openTestRepository(directory: string): TestRepository {
  let commits = 0;
  const run = async (argv: string[], extra: Record<string, string> = {}): Promise<string> => {
    const { stdout } = await execute('git', argv, {
      cwd: directory,
      env: { ...environment, ...extra },
      maxBuffer: 1e9,
    });
    return stdout.trim();
  };
  return {
    directory,
    git: (...argv) => run(argv),
    async commit(files, { message, date } = {}) {
      for (const [path, content] of Object.entries(files)) {
        const full = join(directory, path);
        if (content === null) await rm(full, { recursive: true });
        else {
          await mkdir(dirname(full), { recursive: true });
          await writeFile(full, content);
        }
      }
      commits += 1;
      const at = date ?? new Date(Date.UTC(2026, 0, 1) + commits * 60_000).toISOString();
      await run(['add', '--all']);
      await run(['commit', '--quiet', '--allow-empty', '-m', message ?? `commit ${commits}`], {
        GIT_AUTHOR_DATE: at,
        GIT_COMMITTER_DATE: at,
      });
      return run(['rev-parse', 'HEAD']);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: tmpdir(),
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_ALLOW_PROTOCOL: 'file',
  // A collection in the background would still write while the test removes the folder.
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'gc.auto',
  GIT_CONFIG_VALUE_0: '0',
  GIT_CONFIG_KEY_1: 'maintenance.auto',
  GIT_CONFIG_VALUE_1: 'false',
};
