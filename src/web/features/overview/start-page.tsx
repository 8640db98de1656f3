import { Navigate, useRouterState } from '@tanstack/react-router';
import { Loaded } from '../../ui/loaded.tsx';
import { useRepositories } from '../repositories/queries.ts';
import { WelcomePage } from './welcome-page.tsx';

/** The radar, once there is something to draw it from. */
export function StartPage() {
  return (
    <Loaded query={useRepositories()}>
      {({ items }) => (items.length === 0 ? <WelcomePage /> : <ToTheRadar />)}
    </Loaded>
  );
}

function ToTheRadar() {
  // This page is still shown while the code of the one that somebody has chosen meanwhile is on its way.
  const isLeft = useRouterState({ select: ({ location }) => location.pathname !== '/' });
  return isLeft ? null : <Navigate to="/radar" replace />;
}
