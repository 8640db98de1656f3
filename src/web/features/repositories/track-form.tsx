import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { useTrack } from './queries.ts';

/** A folder or a git URL, and a token where one is needed. */
export function TrackForm({ onTracked }: { onTracked: (jobId: string) => void }) {
  const [location, setLocation] = useState('');
  const [accessToken, setAccessToken] = useState('');
  const [includeSource, setIncludeSource] = useState(false);
  const track = useTrack();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const token = accessToken.trim();
    track.mutate(
      { location: location.trim(), includeSource, ...(token === '' ? {} : { accessToken: token }) },
      { onSuccess: ({ job }) => onTracked(job.rootId) },
    );
  };
  return (
    <form onSubmit={submit} className="grid grid-cols-1 gap-4">
      <Field label="Folder or git URL" hint="A folder on the server's machine, or an https, ssh or file URL.">
        {(ids) => (
          <Input
            {...ids}
            required
            autoComplete="off"
            spellCheck={false}
            placeholder="https://github.com/owner/name.git"
            value={location}
            onChange={({ target }) => setLocation(target.value)}
          />
        )}
      </Field>
      <details>
        <summary className="w-fit cursor-pointer text-sm text-muted hover:text-ink">More settings</summary>
        <div className="mt-3 grid grid-cols-1 gap-4">
          <Field label="Access token (optional)" hint="For a private repository. It is stored encrypted.">
            {(ids) => (
              <Input
                {...ids}
                type="password"
                autoComplete="off"
                value={accessToken}
                onChange={({ target }) => setAccessToken(target.value)}
              />
            )}
          </Field>
          <label className="flex items-start gap-2.5 text-sm">
            <input
              type="checkbox"
              checked={includeSource}
              onChange={({ target }) => setIncludeSource(target.checked)}
              className="mt-1 accent-[var(--accent)]"
            />
            <span>
              Make the source code searchable too
              <span className="block text-xs text-muted">
                Without it, the README, docs and decisions are.
              </span>
            </span>
          </label>
        </div>
      </details>
      {track.error && <ProblemNotice error={track.error} />}
      <div>
        <Button type="submit" look="primary" disabled={track.isPending || location.trim() === ''}>
          {track.isPending ? 'Looking at it …' : 'Track it'}
        </Button>
      </div>
    </form>
  );
}
