/** "Deployment › Rollback · lines 12–30". */
export function placeOf(place: {
  headingPath?: string[];
  page?: number | null;
  lineStart?: number | null;
  lineEnd?: number | null;
}): string {
  const { headingPath = [], page, lineStart, lineEnd } = place;
  const lines = lineStart
    ? lineEnd && lineEnd !== lineStart
      ? `lines ${lineStart}–${lineEnd}`
      : `line ${lineStart}`
    : '';
  return [headingPath.join(' › '), page ? `page ${page}` : '', page ? '' : lines]
    .filter((part) => part !== '')
    .join(' · ');
}
