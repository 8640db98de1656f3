import { formatAgo, formatMoment } from './format.ts';

/** How long ago; the exact moment on hover. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {formatAgo(at)}
    </time>
  );
}
