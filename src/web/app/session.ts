import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';
import { chosenProject, keepProject } from '../api/project.ts';
import type { Role, Session } from '../api/types.ts';

const RANK: Record<string, number> = { viewer: 0, editor: 1, owner: 2 };

async function readSession(): Promise<Session> {
  const session = await dataOf(api.GET('/api/v1/session'));
  if (session.project === null && chosenProject() !== null) {
    // The chosen project is gone, or its user is not in it any more: any other will do.
    keepProject(null);
    return readSession();
  }
  keepProject(session.project?.slug ?? null);
  return session;
}

/** Who is signed in, in which project, and the folder that the server was started in. */
export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: readSession, staleTime: 5 * 60_000 });
}

/** Whether the user has at least this role in the project. What one may not do is not offered. */
export function useMay(role: Role): boolean {
  const { data } = useSession();
  return (RANK[data?.role ?? ''] ?? -1) >= (RANK[role] ?? 0);
}
