import type { RepositoryStatistics } from '../../api/types.ts';

const SHOWN = 8;
const OTHER = 'var(--line-strong)';

/** Languages by their share of bytes. */
export function LanguageBar({ languages }: { languages: RepositoryStatistics['languages'] }) {
  const total = languages.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total === 0) return <p className="text-muted">No source code in a language that is known.</p>;
  const sorted = languages.toSorted((a, b) => b.bytes - a.bytes);
  const rest = sorted.slice(SHOWN).reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = [
    ...sorted.slice(0, SHOWN),
    ...(rest > 0 ? [{ name: 'Other', bytes: rest, color: null }] : []),
  ];
  const share = (bytes: number): number => (bytes / total) * 100;
  return (
    <>
      <div aria-hidden className="flex h-2 gap-0.5 overflow-hidden rounded-full">
        {parts.map(({ name, bytes, color }) => (
          <div key={name} style={{ width: `${share(bytes)}%`, background: color ?? OTHER }} />
        ))}
      </div>
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {parts.map(({ name, bytes, color }) => (
          <li key={name} className="flex items-center gap-1.5">
            <span aria-hidden className="size-2 rounded-full" style={{ background: color ?? OTHER }} />
            {name} <span className="text-muted tabular-nums">{share(bytes).toFixed(1)} %</span>
          </li>
        ))}
      </ul>
    </>
  );
}
