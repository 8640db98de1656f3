import { useRouterState } from '@tanstack/react-router';

/**
 * Whether somebody has chosen another page than that at `path`: it is still shown while the code of the other one is
 * on its way, and must not lead elsewhere any more.
 */
export function useIsLeft(path: string): boolean {
  return useRouterState({ select: ({ location }) => location.pathname !== path });
}
