/** Which rows of a long list are worth having in the document. */

export interface Span {
  /** First row. */
  from: number;
  /** Behind the last row. */
  to: number;
}

/**
 * @param scrollTop   px above the visible part
 * @param height      px of the visible part
 * @param rowHeight   px of a row, more than 0
 * @param count       rows in all
 * @param spare       rows kept above and below
 */
export function visibleRows(scrollTop: number, height: number, rowHeight: number, count: number, spare = 4): Span {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const last = Math.ceil((Math.max(0, scrollTop) + height) / rowHeight);
  const from = Math.min(Math.max(0, first - spare), count);
  return { from, to: Math.max(from, Math.min(count, last + spare)) };
}
