import type { Database } from '#platform/database/index.ts';
import {
  type ActivityFilter,
  type ActivityKey,
  type ActivityRow,
  selectActivityPage,
} from './activity-page-store.ts';
import type { Context } from './index.ts';

export type { ActivityFilter, ActivityKey, ActivityRow };

/** Reads a page of the log, newest first. */
export type ReadActivity = (page: {
  after?: ActivityKey | undefined;
  limit: number;
}) => Promise<ActivityRow[]>;

/** What was done in the project. */
export function readProjectActivity(context: Context, filter: ActivityFilter): ReadActivity {
  return (page) => context.transaction((tx) => selectActivityPage(tx, filter, page));
}

/** What was done outside of any project: sign-ins, passwords, users. For who looks after the installation. */
export function readInstallationActivity(database: Database, filter: ActivityFilter): ReadActivity {
  return (page) =>
    database.identityTransaction((tx) => selectActivityPage(tx, { ...filter, outsideProjects: true }, page), {
      readOnly: true,
    });
}
