import { type Static, Type } from 'typebox';
import { nullable } from '#platform/http/index.ts';
import { jobSchema } from '#platform/jobs/index.ts';

const instant = Type.String({ format: 'date-time' });

export const repositoryState = Type.Union([
  Type.Literal('new'),
  Type.Literal('ready'),
  Type.Literal('empty'),
  Type.Literal('unreachable'),
]);

const repositoryProblem = Type.Object({
  code: Type.String(),
  message: Type.String(),
  remedy: Type.Optional(Type.String()),
  at: instant,
});
export type RepositoryProblem = Static<typeof repositoryProblem>;

export const repositorySchema = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  location: Type.String({
    description: 'The top folder of a local repository, or the URL without credentials.',
  }),
  kind: Type.Union([Type.Literal('path'), Type.Literal('url')]),
  hasAccessToken: Type.Boolean(),
  defaultBranch: nullable(Type.String()),
  headCommit: nullable(Type.String()),
  headCommittedAt: nullable(instant),
  shallow: Type.Boolean({ description: 'The source holds only a part of its history.' }),
  state: repositoryState,
  problem: nullable(repositoryProblem),
  historyRewrittenAt: nullable(instant),
  includeSource: Type.Boolean({ description: 'Whether source code becomes part of the knowledge base.' }),
  syncEveryMinutes: Type.Integer(),
  lastSyncedAt: nullable(instant),
  archivedAt: nullable(instant),
  createdAt: instant,
  updatedAt: instant,
});
export type Repository = Static<typeof repositorySchema>;

const syncEveryMinutes = Type.Integer({ minimum: 1, maximum: 10_080 });
const accessToken = Type.String({
  minLength: 1,
  maxLength: 4000,
  pattern: '^[\\x21-\\x7e]+$',
  description:
    'A token, or user:password where the host needs the right user name. Stored encrypted, never shown.',
});
const name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });

export const trackRepositoryBody = Type.Object(
  {
    location: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'An absolute path, or an https://, ssh:// or file:// URL, or user@host:path.',
    }),
    name: Type.Optional(name),
    accessToken: Type.Optional(accessToken),
    includeSource: Type.Optional(Type.Boolean()),
    syncEveryMinutes: Type.Optional(syncEveryMinutes),
  },
  { additionalProperties: false },
);
export type TrackRepositoryInput = Static<typeof trackRepositoryBody>;

export const updateRepositoryBody = Type.Object(
  {
    name: Type.Optional(name),
    accessToken: Type.Optional(nullable(accessToken)),
    includeSource: Type.Optional(Type.Boolean()),
    syncEveryMinutes: Type.Optional(syncEveryMinutes),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type UpdateRepositoryInput = Static<typeof updateRepositoryBody>;

export const repositoryAndJob = Type.Object({ repository: repositorySchema, job: jobSchema });
export type RepositoryAndJob = Static<typeof repositoryAndJob>;

const languageShare = Type.Object({
  name: Type.String(),
  bytes: Type.Integer(),
  files: Type.Integer(),
  color: nullable(Type.String()),
  largestPath: Type.String({ description: 'The largest file of the language: where one looks first.' }),
});
export type LanguageShare = Static<typeof languageShare>;

const branchSummary = Type.Object({ name: Type.String(), commit: Type.String(), committedAt: instant });
export type BranchSummary = Static<typeof branchSummary>;

const contributor = Type.Object({
  name: Type.String(),
  email: Type.String(),
  commits: Type.Integer(),
  firstAt: instant,
  lastAt: instant,
});
export type Contributor = Static<typeof contributor>;

const activity = Type.Object({
  week: Type.String({ description: 'The Monday it begins with, UTC.' }),
  commits: Type.Integer(),
});
export type Activity = Static<typeof activity>;

export const statisticsSchema = Type.Object({
  repositoryId: Type.String({ format: 'uuid' }),
  commit: Type.String(),
  branches: Type.Array(branchSummary),
  languages: Type.Array(languageShare),
  contributors: Type.Array(contributor),
  activity: Type.Array(activity),
  commitCount: Type.Integer(),
  fileCount: Type.Integer(),
  bytes: Type.Integer(),
  computedAt: instant,
});
export type RepositoryStatistics = Static<typeof statisticsSchema>;

export interface RepositorySynced {
  repositoryId: string;
  headCommit: string;
  /** The commit of the last such event; null the first time. */
  previousCommit: string | null;
}
