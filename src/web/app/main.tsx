import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from '../api/client.ts';
import { chosenProject, switchProject } from '../api/project.ts';
import { presentPlace } from './return-to.ts';
import { router } from './router.tsx';
import './styles.css';

const MAX_RETRIES = 2;
const MOST_WAIT_MS = 30_000;

/** What concerns every page alike: the session has ended, or this tab's project is not the user's any more. */
function onProblem(error: Error): void {
  if (!(error instanceof ApiProblem)) return;
  if (error.code === 'not-signed-in') {
    router.navigate({ to: '/signed-out', search: { returnTo: presentPlace() } });
  }
  if (error.code === 'project-not-found' && chosenProject() !== null) switchProject(null);
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: onProblem }),
  mutationCache: new MutationCache({ onError: onProblem }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server has refused it refuses again; only what failed on the way is worth another try.
      retry: (failures, error) =>
        failures < MAX_RETRIES && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
      // A server that has too much to do says when to come again.
      retryDelay: (failures, error) => {
        const seconds = error instanceof ApiProblem ? error.retryAfterSeconds : undefined;
        return Math.min(MOST_WAIT_MS, 1000 * (seconds ?? 2 ** failures));
      },
    },
  },
});

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
