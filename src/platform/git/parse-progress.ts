/** How far a transfer is, in git's own phases. */
export interface TransferProgress {
  phase: 'preparing' | 'receiving' | 'resolving' | 'checking';
  done: number;
  total: number;
  message: string;
}

const PHASES: Readonly<Record<string, TransferProgress['phase']>> = {
  'Counting objects': 'preparing',
  'Compressing objects': 'preparing',
  'Receiving objects': 'receiving',
  'Resolving deltas': 'resolving',
  'Checking connectivity': 'checking',
};
const LINE = /^(?:remote: )?([A-Z][a-z]+ [a-z]+): +\d+% \((\d+)\/(\d+)\)(?:, ([^,]*))?/;

/** Reads one line of `git fetch --progress`; undefined for lines that say something else. */
export function parseProgress(line: string): TransferProgress | undefined {
  const match = LINE.exec(line.trim());
  const phase = match?.[1] === undefined ? undefined : PHASES[match[1]];
  if (!match || !phase) return undefined;
  const [, title, done, total, transferred = ''] = match;
  const amount = /^[\d.]+ [KMGT]?i?B/.exec(transferred)?.[0];
  return {
    phase,
    done: Number(done),
    total: Number(total),
    message: amount ? `${title}, ${amount}` : `${title}`,
  };
}
