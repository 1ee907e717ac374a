// The page that `chart` makes: one file, bars as SVG, no script.

const escape = (text) => `${text}`.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);

/** Whose row it is, for its colour; a row of anything else is ours. */
function kindOf(name) {
  if (/Redis/.test(name)) return 'redis';
  if (/bare loop|raw /.test(name)) return 'bare';
  return /off/.test(name) ? 'off' : 'ours';
}

/** As Markdown has it, and at most so long. */
const plain = (name, most = Infinity) => {
  const text = name.replaceAll('`', '');
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
};

/** 1234567.8 -> "1,234,567.8" */
const written = (value, digits) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** "4.54 [3.38–4.57]" */
function said(cell, digits) {
  if (typeof cell === 'string') return cell;
  const range = cell.values.length > 1 ? ` [${written(cell.min, digits)}–${written(cell.max, digits)}]` : '';
  return `${written(cell.median, digits)}${range}`;
}

const style = `
:root { color-scheme: light dark; --page: #fff; --text: #1b1f24; --faint: #59636e; --line: #d1d9e0; --ours: #0b6bcb; --off: #6ba8e5; --redis: #c2410c; --bare: #5f6b7a; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171b; --text: #e6e9ed; --faint: #9aa5b1; --line: #363d46; --ours: #5aa9f5; --off: #2f6fae; --redis: #f08a52; --bare: #8b98a7; }
}
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: 1.25rem; } h3 { font-size: 1rem; }
.faint { color: var(--faint); font-size: .875rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 1rem 2rem; }
figure { margin: 0; } figcaption { font-weight: 600; font-size: .9rem; }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: var(--text); } .range { stroke: var(--text); stroke-width: 1.5; } .one { stroke: var(--faint); stroke-dasharray: 3 3; }
.ours { fill: var(--ours); } .off { fill: var(--off); } .redis { fill: var(--redis); } .bare { fill: var(--bare); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; } th:first-child, td:first-child { text-align: left; white-space: nowrap; }
`;

const width = 400;
const rowHeight = 34;
const barsTo = width - 2;

/** Bars of one column of a table. @returns {string} '' where there is nothing to draw */
function bars({ title, key, digits = 2, fact }, rows) {
  const shown = rows.filter(({ cells }) => typeof cells[key] === 'object');
  const most = Math.max(0, ...shown.map(({ cells }) => cells[key].max));
  if (fact || shown.length === 0 || most <= 0) return '';
  const x = (value) => ((value / most) * barsTo).toFixed(1);
  const isRatio = / \/ /.test(title);
  const height = shown.length * rowHeight + 2;
  const drawn = shown.map(({ name, cells }, i) => {
    const cell = cells[key];
    const y = i * rowHeight;
    const range =
      cell.values.length > 1
        ? `<path class="range" d="M${x(cell.min)} ${y + 24}H${x(cell.max)}M${x(cell.min)} ${y + 20}v8M${x(cell.max)} ${y + 20}v8"/>`
        : '';
    return (
      `<g><title>${escape(`${name}: ${said(cell, digits)}; rounds: ${cell.values.map((value) => written(value, digits)).join(' ')}`)}</title>` +
      `<text x="0" y="${y + 13}">${escape(plain(name, 48))}</text><text x="${width}" y="${y + 13}" text-anchor="end">${escape(said(cell, digits))}</text>` +
      `<rect class="${kindOf(name)}" x="0" y="${y + 18}" width="${x(cell.median)}" height="12" rx="1"/>${range}</g>`
    );
  });
  const one = isRatio && most >= 1 ? `<line class="one" x1="${x(1)}" x2="${x(1)}" y1="0" y2="${height}"/>` : '';
  const label = escape(`${title}: ${shown.map(({ name, cells }) => `${name} ${said(cells[key], digits)}`).join('; ')}`);
  return `<figure><figcaption>${escape(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${drawn.join('')}${one}</svg></figure>`;
}

function tableOf({ title, columns, rows }) {
  const charts = columns.map((column) => bars(column, rows)).join('\n');
  const head = `<tr><th></th>${columns.map((column) => `<th>${escape(column.title)}</th>`).join('')}</tr>`;
  const body = rows.map(
    ({ name, cells }) =>
      `<tr><td>${escape(plain(name))}</td>${columns.map(({ key, digits = 2 }) => `<td>${cells[key] === undefined ? '–' : escape(said(cells[key], digits))}</td>`).join('')}</tr>`,
  );
  return (
    `<h3>${escape(title)}</h3>\n<div class="charts">${charts}</div>\n` +
    `<details><summary>Table</summary><div class="scroll"><table>${head}${body.join('')}</table></div></details>`
  );
}

function partOf({ name, busyBefore, others, seconds, calm, notes, tables }) {
  const known = [
    busyBefore !== undefined && `${busyBefore.toFixed(2)} cores busy with something else before it`,
    others !== undefined && `at most ${others.toFixed(2)} during it`,
    seconds !== undefined && `${seconds} s`,
  ].filter(Boolean);
  return (
    `<h2>${escape(name)}</h2>\n<p class="faint">${escape(known.join(', '))}${calm === false ? ' <strong>(did not wait for a calm machine)</strong>' : ''}</p>\n` +
    `${tables.map(tableOf).join('\n')}\n${notes.map((note) => `<p>${escape(note)}</p>`).join('\n')}`
  );
}

/**
 * @param {object} result  as `run --json` writes it
 * @returns {string} HTML
 * @throws {Error} for anything else
 */
export function pageOf(result) {
  if (!Array.isArray(result?.parts)) throw new Error('is not what tests/bench/run --json writes');
  const about = [result.date, result.machine, result.kernel, `commit ${result.commit}`, result.quick ? 'quick' : '']
    .filter(Boolean)
    .join(', ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Alleycat: how fast it is</title>
<style>${style}</style>
</head>
<body>
<h1>Alleycat: how fast it is</h1>
<p>${escape(about)}</p>
<p class="faint">Bars are medians over the rounds, lines their range. Ratios are those of each round; the dashed line is 1. Only ratios of one run compare.</p>
${result.parts.map(partOf).join('\n')}
</body>
</html>
`;
}
