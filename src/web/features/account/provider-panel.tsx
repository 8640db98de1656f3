import { Panel } from '../../ui/page.tsx';
import { useSetup } from './queries.ts';
import { ProviderLink } from './sign-in-page.tsx';

/** Joins the account at the sign-in provider to this one: whoever is signed in here vouches for both. */
export function ProviderPanel() {
  const provider = useSetup().data?.oidc;
  if (!provider) return null;
  return (
    <Panel title="Sign-in provider">
      <div className="grid grid-cols-1 gap-4 p-4">
        <p className="text-muted">
          Sign in there once from here, and from then on {provider.name} lets you in as well.
        </p>
        <div className="max-w-64">
          <ProviderLink name={provider.name} returnTo="/account" />
        </div>
      </div>
    </Panel>
  );
}
