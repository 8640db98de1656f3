import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loading, ProblemNotice } from './notice.tsx';

/** Shows a query's data, or that it is loading, or why it failed. */
export function Loaded<T>({
  query,
  children,
  waiting,
}: {
  query: UseQueryResult<T, Error>;
  children: (data: T) => ReactNode;
  waiting?: ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ProblemNotice error={query.error} onRetry={() => query.refetch()} />;
  return waiting ?? <Loading />;
}
