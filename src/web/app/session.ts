import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';

/** Who is signed in, and the folder that the server was started in. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: () => dataOf(api.GET('/api/v1/session')),
    staleTime: 5 * 60_000,
  });
}
