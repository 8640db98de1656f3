import { Link2, Upload } from 'lucide-react';
import { type DragEvent, type FormEvent, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Input } from '../../ui/field.tsx';
import { count } from '../../ui/format.ts';
import { ProblemNotice } from '../../ui/notice.tsx';
import { useFetchDocument, useUpload } from './queries.ts';

const ACCEPTED = '.md,.markdown,.txt,.html,.htm,.pdf,text/*,application/pdf';

/** Files by choice or by dropping them here, and pages by their address. */
export function AddDocuments() {
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [url, setUrl] = useState('');
  const upload = useUpload();
  const fetching = useFetchDocument();
  const send = (files: FileList | null): void => {
    if (files?.length) upload.mutate([...files]);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    send(event.dataTransfer.files);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    fetching.mutate(url.trim(), { onSuccess: () => setUrl('') });
  };
  return (
    <div className="mb-6 grid grid-cols-1 gap-3">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition; the button does the same. */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={classNames(
          'flex flex-wrap items-center justify-between gap-3 rounded-xl border border-dashed px-4 py-3',
          over ? 'border-accent bg-accent-soft' : 'border-line-strong',
        )}
      >
        <input
          ref={picker}
          type="file"
          multiple
          accept={ACCEPTED}
          aria-label="Files to add"
          className="sr-only"
          tabIndex={-1}
          onChange={({ target }) => {
            send(target.files);
            target.value = '';
          }}
        />
        <div className="flex items-center gap-3">
          <Button disabled={upload.isPending} onClick={() => picker.current?.click()}>
            <Upload aria-hidden className="size-4" />
            {upload.isPending ? 'Sending …' : 'Add files'}
          </Button>
          <span className="text-xs text-muted max-sm:hidden">
            Markdown, text, HTML, PDF or code; or drop them here
          </span>
        </div>
        <form onSubmit={submit} className="flex min-w-0 flex-1 basis-64 gap-2 sm:max-w-sm">
          <Input
            type="url"
            required
            aria-label="Address of a page or file to add"
            placeholder="https://…"
            className="h-9 text-sm"
            value={url}
            onChange={({ target }) => setUrl(target.value)}
          />
          <Button type="submit" disabled={fetching.isPending || url.trim() === ''}>
            <Link2 aria-hidden className="size-4" />
            {fetching.isPending ? 'Asking …' : 'Add URL'}
          </Button>
        </form>
      </div>
      <p role="status" className="text-sm text-muted empty:hidden">
        {upload.isSuccess && `${count(upload.variables.length, 'file')} received; they are being read.`}
      </p>
      {upload.error && <ProblemNotice error={upload.error} />}
      {fetching.error && <ProblemNotice error={fetching.error} />}
    </div>
  );
}
