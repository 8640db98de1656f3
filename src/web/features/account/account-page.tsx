import type { Account } from '../../api/types.ts';
import { useSession } from '../../app/session.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { PasswordPanel } from './password-panel.tsx';
import { ProfilePanel } from './profile-panel.tsx';
import { ProviderPanel } from './provider-panel.tsx';
import { useAccount } from './queries.ts';
import { SessionsPanel } from './sessions-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { TwoFactorPanel } from './two-factor-panel.tsx';

function Panels({ account }: { account: Account }) {
  const session = useSession();
  return (
    <div className="grid max-w-3xl grid-cols-1 gap-6">
      <ProfilePanel account={account} />
      <PasswordPanel account={account} />
      <TwoFactorPanel account={account} />
      <ProviderPanel />
      <SessionsPanel />
      {session.data?.project && (
        <TokensPanel project={session.data.project.name} role={session.data.role} userId={account.id} />
      )}
    </div>
  );
}

/** Who one is here, how one signs in, and what acts in one's name. */
export function AccountPage() {
  return (
    <>
      <PageHeader
        title="Your account"
        intro="Who you are here, how you sign in, and what acts in your name."
      />
      <Loaded query={useAccount()}>{(account) => <Panels account={account} />}</Loaded>
    </>
  );
}
