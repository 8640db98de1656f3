import { Navigate } from '@tanstack/react-router';
import { Loaded } from '../../ui/loaded.tsx';
import { useIsLeft } from '../../ui/use-is-left.ts';
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
  return useIsLeft('/') ? null : <Navigate to="/radar" replace />;
}
