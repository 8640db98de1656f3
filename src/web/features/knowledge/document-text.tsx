import { Fragment, useEffect, useMemo, useRef, useState } from 'react';
import type { DocumentDetail } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatNumber } from '../../ui/format.ts';
import { cutLine, type Line } from './document-lines.ts';

/** A longer document is shown in parts, so that a book opens as fast as a page. */
const LINES_SHOWN = 3_000;
const LINES_BEFORE = 500;

export interface Span {
  start: number;
  end: number;
}

function TextLine({ line, span, heading }: { line: Line; span: Span | null; heading: boolean }) {
  const pieces = cutLine(line, span);
  return (
    <div
      id={`L${line.number}`}
      className="grid scroll-mt-20 grid-cols-[3.5rem_minmax(0,1fr)] [contain-intrinsic-size:auto_1.4rem] [content-visibility:auto] target:bg-hover"
    >
      <a
        href={`#L${line.number}`}
        aria-label={`Line ${line.number}`}
        tabIndex={-1}
        className="pr-3 text-right text-xs leading-[1.4rem] text-muted tabular-nums select-none"
      >
        {line.number}
      </a>
      <span
        className={classNames(
          'min-h-[1.4rem] pr-4 leading-[1.4rem] break-words whitespace-pre-wrap',
          heading && 'font-semibold',
        )}
      >
        {pieces.map((piece, index) =>
          piece.marked ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has at most three pieces, in this order.
            <mark key={index} className="bg-mark py-0.5 text-ink">
              {piece.text}
            </mark>
          ) : (
            piece.text
          ),
        )}
      </span>
    </div>
  );
}

/** The part of the lines to show at first: all, or around the line that is cited. */
function firstWindow(lines: Line[], focus: number): { from: number; to: number } {
  const from = lines.length <= LINES_SHOWN ? 0 : Math.max(0, focus - LINES_BEFORE);
  return { from, to: Math.min(lines.length, from + LINES_SHOWN) };
}

/** The pages of a paged document by the line that each begins in. */
function startsOfPages(lines: Line[], pages: DocumentDetail['pages']): Map<number, number> {
  const starts = new Map<number, number>();
  let next = 0;
  for (const line of lines) {
    const page = pages[next];
    if (page && line.start + line.text.length >= page.start) {
      starts.set(line.number, page.page);
      next += 1;
    }
  }
  return starts;
}

/** A text exactly as it is stored, with line numbers and the cited span marked and in view. */
export function DocumentText({
  lines,
  headings,
  pages,
  span,
}: {
  lines: Line[];
  headings: DocumentDetail['headings'];
  pages: DocumentDetail['pages'];
  span: Span | null;
}) {
  const body = useRef<HTMLDivElement>(null);
  const cited = span ? lines.findLastIndex(({ start }) => start <= span.start) : 0;
  const [{ from, to }, setShown] = useState(() => firstWindow(lines, cited));
  const pageStarts = useMemo(() => startsOfPages(lines, pages), [lines, pages]);
  const isHeading = new Set(headings.map(({ line }) => line));
  useEffect(() => {
    if (span && cited >= 0) body.current?.querySelector('mark')?.scrollIntoView({ block: 'center' });
  }, [span, cited]);
  const more = (next: { from: number; to: number }, label: string) => (
    <div className="p-3 text-center">
      <Button small onClick={() => setShown(next)}>
        {label}
      </Button>
    </div>
  );
  return (
    <div ref={body} className="py-3 font-mono text-sm">
      {from > 0 &&
        more({ from: Math.max(0, from - LINES_SHOWN), to }, `Show earlier lines (${formatNumber(from)})`)}
      {lines.slice(from, to).map((line) => (
        <Fragment key={line.number}>
          {pageStarts.has(line.number) && (
            <p className="my-2 border-t border-line pt-2 pl-14 font-sans text-xs text-muted">
              Page {pageStarts.get(line.number)}
            </p>
          )}
          <TextLine line={line} span={span} heading={isHeading.has(line.number)} />
        </Fragment>
      ))}
      {to < lines.length &&
        more(
          { from, to: Math.min(lines.length, to + LINES_SHOWN) },
          `Show later lines (${formatNumber(lines.length - to)})`,
        )}
    </div>
  );
}
