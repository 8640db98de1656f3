import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, buttonClass } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-field.tsx';

/** An address in this page under which a text can be saved as a file. */
function useFile(text: string): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [text]);
  return url;
}

/** The codes that let one in without the phone: to be copied or saved now, because they are never shown again. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const text = codes.join('\n');
  const file = useFile(`Recovery codes for CommandCenter, ${window.location.host}\n\n${text}\n`);
  return (
    <div className="grid grid-cols-1 gap-4">
      <ul className="grid grid-cols-2 gap-x-6 gap-y-1.5 rounded-xl bg-sunken px-4 py-3 font-mono text-sm max-sm:grid-cols-1">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap justify-end gap-2">
        <CopyButton text={text} label="Copy all" />
        <a href={file} download="commandcenter-recovery-codes.txt" className={buttonClass()}>
          <Download aria-hidden className="size-4" />
          Download
        </a>
        <Button look="primary" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}
