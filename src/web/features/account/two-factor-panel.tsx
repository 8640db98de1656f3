import { type FormEvent, useState } from 'react';
import type { Account, TwoFactorSetup } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { count } from '../../ui/format.ts';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/page.tsx';
import { CodeField } from './code-field.tsx';
import { useConfirmTwoFactor, useEndTwoFactor, useRefreshAccount, useStartTwoFactor } from './queries.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

const FEW_CODES = 3;

/** The picture for the app, then a first code of it. */
function SetUp({ setup, onDone }: { setup: TwoFactorSetup; onDone: (recoveryCodes: string[]) => void }) {
  const [code, setCode] = useState('');
  const confirm = useConfirmTwoFactor();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    confirm.mutate(code.trim(), { onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes) });
  };
  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-4">
      <img
        src={setup.qr}
        alt="A QR code for an authenticator app; the key below says the same"
        className="mx-auto size-52 rounded-xl bg-ring-ink"
      />
      <CopyField label="Or write this key into the app" value={setup.secret} />
      <CodeField value={code} onChange={setCode} />
      {confirm.error && <ProblemNotice error={confirm.error} />}
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={confirm.isPending}>
          Turn it on
        </Button>
      </div>
    </form>
  );
}

function TurnOn() {
  const start = useStartTwoFactor();
  const refresh = useRefreshAccount();
  const [recoveryCodes, setRecoveryCodes] = useState<string[] | null>(null);
  const close = (): void => {
    start.reset();
    if (recoveryCodes) refresh();
    setRecoveryCodes(null);
  };
  return (
    <>
      <p className="text-muted">
        With it, signing in with your password also takes a code from an app on your phone.
      </p>
      {start.error && <ProblemNotice error={start.error} />}
      <div>
        <Button disabled={start.isPending} onClick={() => start.mutate()}>
          Turn on two-factor sign-in
        </Button>
      </div>
      {start.data && (
        <Dialog
          open
          onOpenChange={close}
          title={recoveryCodes ? 'Keep these recovery codes' : 'Two-factor sign-in'}
          description={
            recoveryCodes
              ? 'Two-factor sign-in is on. Without your phone, each of these lets you in once. They are shown only now.'
              : 'Scan this with an authenticator app, then write the code that it shows.'
          }
        >
          {recoveryCodes ? (
            <RecoveryCodes codes={recoveryCodes} onDone={close} />
          ) : (
            <SetUp setup={start.data} onDone={setRecoveryCodes} />
          )}
        </Dialog>
      )}
    </>
  );
}

function TurnOff({ left }: { left: number }) {
  const [asking, setAsking] = useState(false);
  const [code, setCode] = useState('');
  const end = useEndTwoFactor();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    end.mutate({ code: code.trim() });
  };
  const open = (next: boolean): void => {
    setAsking(next);
    setCode('');
    end.reset();
  };
  return (
    <>
      <p className={left < FEW_CODES ? 'text-assess' : 'text-muted'}>
        {left === 0 ? 'No recovery code is left' : `${count(left, 'recovery code')} left`}.
        {left < FEW_CODES && ' Turn it off and on again to get new ones.'}
      </p>
      <div>
        <Button look="danger" onClick={() => open(true)}>
          Turn it off
        </Button>
      </div>
      <Dialog
        open={asking}
        onOpenChange={open}
        title="Turn off two-factor sign-in?"
        description="Your password alone then lets anybody in who knows it. A last code proves that it is you."
      >
        <form onSubmit={submit} className="grid grid-cols-1 gap-4">
          <CodeField recovery value={code} onChange={setCode} />
          {end.error && <ProblemNotice error={end.error} />}
          <div className="flex justify-end gap-2">
            <Button onClick={() => open(false)}>Cancel</Button>
            <Button type="submit" look="primary" disabled={end.isPending}>
              Turn it off
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

export function TwoFactorPanel({ account }: { account: Account }) {
  return (
    <Panel
      title="Two-factor sign-in"
      aside={account.twoFactor ? <Badge tone="positive">on</Badge> : <Badge>off</Badge>}
    >
      <div className="grid grid-cols-1 gap-4 p-4">
        {account.twoFactor ? <TurnOff left={account.recoveryCodesLeft} /> : <TurnOn />}
      </div>
    </Panel>
  );
}
