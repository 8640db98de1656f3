import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { SignInPage } from '../features/account/sign-in-page.tsx';
import { StartPage } from '../features/overview/start-page.tsx';
import { BrokenPage, NotFoundPage } from './problem-pages.tsx';
import { Shell } from './shell.tsx';

type Search = Record<string, unknown>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const whole = (value: unknown): number | undefined =>
  (typeof value === 'number' || typeof value === 'string') && Number.isInteger(Number(value)) && value !== ''
    ? Number(value)
    : undefined;

const root = createRootRoute({ component: Outlet });

const signedOut = createRoute({
  getParentRoute: () => root,
  path: '/signed-out',
  component: SignInPage,
  validateSearch: (search: Search): { reason?: string; returnTo?: string } => ({
    reason: text(search.reason),
    returnTo: text(search.returnTo),
  }),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('../features/account/invitation-page.tsx'), 'InvitationPage'),
  validateSearch: (search: Search): { code?: string } => ({ code: text(search.code) }),
});

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

const start = createRoute({ getParentRoute: () => shell, path: '/', component: StartPage });

const firstSync = createRoute({
  getParentRoute: () => shell,
  path: '/first-sync/$jobId',
  component: lazyRouteComponent(() => import('../features/overview/first-sync-page.tsx'), 'FirstSyncPage'),
});

const radar = createRoute({
  getParentRoute: () => shell,
  path: '/radar',
  component: lazyRouteComponent(() => import('../features/radar/radar-page.tsx'), 'RadarPage'),
});

const technologies = createRoute({
  getParentRoute: () => shell,
  path: '/technologies',
  component: lazyRouteComponent(() => import('../features/radar/technologies-page.tsx'), 'TechnologiesPage'),
});

const technology = createRoute({
  getParentRoute: () => shell,
  path: '/technologies/$slug',
  component: lazyRouteComponent(() => import('../features/radar/technology-page.tsx'), 'TechnologyPage'),
});

const drift = createRoute({
  getParentRoute: () => shell,
  path: '/drift',
  component: lazyRouteComponent(() => import('../features/radar/drift-page.tsx'), 'DriftPage'),
});

const repositories = createRoute({
  getParentRoute: () => shell,
  path: '/repositories',
  component: lazyRouteComponent(
    () => import('../features/repositories/repositories-page.tsx'),
    'RepositoriesPage',
  ),
});

const repository = createRoute({
  getParentRoute: () => shell,
  path: '/repositories/$id',
  component: lazyRouteComponent(
    () => import('../features/repositories/repository-page.tsx'),
    'RepositoryPage',
  ),
});

const knowledge = createRoute({
  getParentRoute: () => shell,
  path: '/knowledge',
  component: lazyRouteComponent(() => import('../features/knowledge/knowledge-page.tsx'), 'KnowledgePage'),
  validateSearch: (search: Search): { q?: string; mode?: 'search' } => ({
    q: text(search.q),
    mode: search.mode === 'search' ? 'search' : undefined,
  }),
});

const documents = createRoute({
  getParentRoute: () => shell,
  path: '/documents',
  component: lazyRouteComponent(() => import('../features/knowledge/documents-page.tsx'), 'DocumentsPage'),
});

const document = createRoute({
  getParentRoute: () => shell,
  path: '/documents/$id',
  component: lazyRouteComponent(() => import('../features/knowledge/document-page.tsx'), 'DocumentPage'),
  validateSearch: (search: Search): { start?: number; end?: number } => ({
    start: whole(search.start),
    end: whole(search.end),
  }),
});

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  component: lazyRouteComponent(() => import('../features/jobs/jobs-page.tsx'), 'JobsPage'),
});

const activity = createRoute({
  getParentRoute: () => shell,
  path: '/activity',
  component: lazyRouteComponent(() => import('../features/activity/activity-page.tsx'), 'ActivityPage'),
});

const members = createRoute({
  getParentRoute: () => shell,
  path: '/members',
  component: lazyRouteComponent(() => import('../features/people/members-page.tsx'), 'MembersPage'),
});

const users = createRoute({
  getParentRoute: () => shell,
  path: '/users',
  component: lazyRouteComponent(() => import('../features/people/users-page.tsx'), 'UsersPage'),
});

const operations = createRoute({
  getParentRoute: () => shell,
  path: '/operations',
  component: lazyRouteComponent(() => import('../features/operations/status-page.tsx'), 'StatusPage'),
});

const backups = createRoute({
  getParentRoute: () => shell,
  path: '/backups',
  component: lazyRouteComponent(() => import('../features/operations/operations-page.tsx'), 'OperationsPage'),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/account-page.tsx'), 'AccountPage'),
});

const routeTree = root.addChildren([
  signedOut,
  invitation,
  shell.addChildren([
    start,
    firstSync,
    radar,
    technologies,
    technology,
    drift,
    repositories,
    repository,
    knowledge,
    documents,
    document,
    jobs,
    activity,
    members,
    users,
    operations,
    backups,
    account,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: BrokenPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
