export interface LineNumbers {
  /** The line, counted from 1, in which an offset lies. */
  at(offset: number): number;
}

/** Counts the lines of a text once; asking is then a binary search. A line ends with its line feed. */
export function countLines(text: string): LineNumbers {
  const starts = [0];
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return {
    at(offset) {
      let low = 0;
      let high = starts.length;
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle;
      }
      return low + 1;
    },
  };
}
