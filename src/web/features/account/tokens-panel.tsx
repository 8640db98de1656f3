import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { Token } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { formatDate } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/page.tsx';
import { useRevokeToken, useTokens } from './queries.ts';
import { TokenDialog } from './token-dialog.tsx';
import { SCOPES } from './token-scopes.ts';

function Expiry({ token }: { token: Token }) {
  if (token.expiresAt === null) return <>never expires</>;
  if (new Date(token.expiresAt) < new Date()) return <Badge tone="danger">expired</Badge>;
  return <>expires {formatDate(token.expiresAt)}</>;
}

function TokenRow({ token, userId, onRevoke }: { token: Token; userId: string; onRevoke: () => void }) {
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium break-words">{token.name}</span>
          <Badge>{SCOPES[token.scope].name}</Badge>
          {token.user.id !== userId && <span className="text-xs text-muted">for {token.user.name}</span>}
        </p>
        <p className="text-xs text-muted">
          {token.prefix && <span className="font-mono">{token.prefix}… · </span>}
          {token.lastUsedAt ? (
            <>
              last used <Moment at={token.lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
          {' · '}
          <Expiry token={token} />
        </p>
      </div>
      <Button small look="danger" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}

/** What programs use to act in one's name in this project. */
export function TokensPanel({
  project,
  role,
  userId,
}: {
  project: string;
  role: string | null;
  userId: string;
}) {
  const tokens = useTokens();
  const revoke = useRevokeToken();
  const [making, setMaking] = useState(false);
  const [asked, setAsked] = useState<Token | null>(null);
  const close = (): void => {
    setAsked(null);
    revoke.reset();
  };
  return (
    <Panel
      title={`API tokens for ${project}`}
      aside={
        <Button small onClick={() => setMaking(true)}>
          <Plus aria-hidden className="size-3" />
          New token
        </Button>
      }
    >
      <Loaded query={tokens} waiting={<p className="p-4 text-muted">Loading …</p>}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="p-4 text-muted">
              None yet. A program sends one as{' '}
              <code className="font-mono text-xs">Authorization: Bearer …</code>;{' '}
              <a href="/api/docs" className="link underline">
                the API
              </a>{' '}
              has everything that these pages have.
            </p>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((token) => (
                <TokenRow key={token.id} token={token} userId={userId} onRevoke={() => setAsked(token)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {making && <TokenDialog role={role} onClose={() => setMaking(false)} />}
      {asked && (
        <ConfirmDialog
          title={`Revoke ${asked.name}?`}
          description="Programs that use it are refused from the next request on."
          action="Revoke"
          pending={revoke.isPending}
          error={revoke.error}
          onConfirm={() => revoke.mutate(asked.id, { onSuccess: close })}
          onClose={close}
        />
      )}
    </Panel>
  );
}
