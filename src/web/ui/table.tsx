import type { ReactNode } from 'react';

/** Figures in rows: the first column says of what. It scrolls by itself where the screen is narrow. */
export function Table({
  label,
  head,
  rows,
}: {
  label: string;
  head: string[];
  rows: { key: string; cells: ReactNode[] }[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard too.
    <section aria-label={label} tabIndex={0} className="overflow-x-auto">
      <table className="w-full text-left text-sm">
        <thead className="text-xs text-muted">
          <tr>
            {head.map((name, at) => (
              <th
                key={name}
                scope="col"
                className={`px-4 py-2 font-medium ${at > 0 ? 'text-right whitespace-nowrap' : ''}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line border-t border-line">
          {rows.map(({ key, cells: [first, ...rest] }) => (
            <tr key={key}>
              <th scope="row" className="px-4 py-2 font-medium">
                {first}
              </th>
              {rest.map((cell, at) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its column.
                  key={at}
                  className="px-4 py-2 text-right whitespace-nowrap tabular-nums"
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
