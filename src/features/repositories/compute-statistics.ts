import { listBranches, type Mirror, openTree, walkLog } from '#platform/git/index.ts';
import { countLanguages } from './languages/count-languages.ts';
import type { Activity, BranchSummary, Contributor, LanguageShare } from './schema.ts';

export interface Statistics {
  headCommittedAt: Date;
  branches: BranchSummary[];
  languages: LanguageShare[];
  contributors: Contributor[];
  activity: Activity[];
  commitCount: number;
  fileCount: number;
  bytes: number;
}

const MAX_BRANCHES = 500;
const MAX_CONTRIBUTORS = 1000;
const DAY_MS = 86_400_000;

/** Everything that is counted of a repository at a commit: one pass over its log, one over its tree. */
export async function computeStatistics(
  mirror: Mirror,
  commit: string,
  signal: AbortSignal,
): Promise<Statistics> {
  const history = await readHistory(mirror, commit, signal);
  const entries = await openTree(mirror, commit, { signal });
  const files = entries.filter(({ kind }) => kind === 'file' || kind === 'executable');
  const branches = await listBranches(mirror, signal);
  return {
    ...history,
    branches: branches
      .slice(0, MAX_BRANCHES)
      .map((branch) => ({ ...branch, committedAt: branch.committedAt.toISOString() })),
    languages: await countLanguages(mirror, files, signal),
    fileCount: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
}

interface Person {
  name: string;
  email: string;
  commits: number;
  first: number;
  last: number;
}

async function readHistory(mirror: Mirror, commit: string, signal: AbortSignal) {
  const people = new Map<string, Person>();
  const weeks = new Map<number, number>();
  let commitCount = 0;
  let headCommittedAt: Date | undefined;
  for await (const { author, email, date } of walkLog(mirror, { range: commit, files: false, signal })) {
    headCommittedAt ??= date;
    commitCount += 1;
    const at = date.getTime();
    const week = mondayOf(at);
    weeks.set(week, (weeks.get(week) ?? 0) + 1);
    countPerson(people, { name: author, email, at });
  }
  const contributors = [...people.values()]
    .sort((a, b) => b.commits - a.commits || a.first - b.first || a.email.localeCompare(b.email))
    .slice(0, MAX_CONTRIBUTORS)
    .map(({ first, last, ...person }) => ({ ...person, firstAt: asText(first), lastAt: asText(last) }));
  const activity = [...weeks.entries()]
    .sort(([a], [b]) => a - b)
    .map(([week, commits]) => ({ week: asText(week).slice(0, 10), commits }));
  return { headCommittedAt: headCommittedAt ?? new Date(0), contributors, activity, commitCount };
}

/** A person is an e-mail address; the name is the one of the latest commit, which comes first. */
function countPerson(
  people: Map<string, Person>,
  { name, email, at }: { name: string; email: string; at: number },
): void {
  const key = email.toLowerCase() || name;
  const person = people.get(key);
  if (!person) {
    people.set(key, { name, email, commits: 1, first: at, last: at });
    return;
  }
  person.commits += 1;
  person.first = Math.min(person.first, at);
  person.last = Math.max(person.last, at);
}

/** The start of the Monday of that week, UTC; the epoch was a Thursday. */
function mondayOf(at: number): number {
  const day = Math.floor(at / DAY_MS);
  return (day - ((((day + 3) % 7) + 7) % 7)) * DAY_MS;
}

const asText = (at: number): string => new Date(at).toISOString();
