// Figures as the page writes them, and how to read them from it.

const oneDecimal = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const grouped = new Intl.NumberFormat('en');

/** A score of the oracle (units of 0.0001). */
export const written = (units) => oneDecimal.format(units / 10_000);
/** A whole number. */
export const whole = (n) => grouped.format(n);
/** "3rd" */
export const ordinal = (n) =>
  `${whole(n)}${{ one: 'st', two: 'nd', few: 'rd', other: 'th' }[new Intl.PluralRules('en', { type: 'ordinal' }).select(n)]}`;

/** A rank as the page writes it: "=3" where it is shared. */
export function rankText(rows, { rank }) {
  if (rank === null) return '–';
  return rows.filter((row) => row.rank === rank).length > 1 ? `=${rank}` : String(rank);
}

/**
 * Every row of a ranking, also those that are out of sight: it is scrolled to its end.
 * @param {import('playwright-core').Locator} board  the scrolling region, or a table that grows with its rows
 * @returns {Promise<{racerId: number, rank: string, value: string, detail: string}[]>}
 */
export async function boardRows(board) {
  await board.locator('[role=row][data-racer]').first().waitFor();
  return board.evaluate(async (element) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const scroller = element.classList.contains('scroller') ? element : (element.querySelector('.scroller') ?? element);
    const found = new Map();
    for (let top = 0; ; top += scroller.clientHeight / 2) {
      scroller.scrollTop = top;
      await frame();
      for (const row of scroller.querySelectorAll('[role=row][data-racer]')) {
        const text = (name) => row.querySelector(name)?.textContent.trim() ?? '';
        found.set(Number(row.getAttribute('aria-rowindex')), {
          racerId: Number(row.dataset.racer),
          rank: text('.rank'),
          value: text('.value'),
          detail: text('.detail'),
          name: text('.who'),
        });
      }
      if (top + scroller.clientHeight >= scroller.scrollHeight) break;
    }
    scroller.scrollTop = 0;
    return [...found].sort(([a], [b]) => a - b).map(([, row]) => row);
  });
}

/** @returns {Promise<string[][]>} the cells of each row of a table's body */
export const tableRows = (table) =>
  table.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
