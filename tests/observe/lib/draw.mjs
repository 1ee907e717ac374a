// A dashboard as a picture: drawn from its JSON and from Prometheus' answers, for people who have no Grafana at hand. It is not
// Grafana: places, sizes, units, thresholds and legends are as the JSON says, the rest is plain.

import { nameOf } from './boards.mjs';

const width = 1440,
  cell = width / 24,
  row = 36,
  gap = 6;
const palette = [
  '#3b7dd8',
  '#e0752d',
  '#3f9b57',
  '#b04ac0',
  '#c9a227',
  '#1aa5b8',
  '#d64a4a',
  '#7d6b5d',
  '#5b5bd6',
  '#8a9a2b',
  '#d1578f',
  '#4f8f8f',
  '#9a6324',
  '#444444',
  '#999999',
];
const colours = { green: '#2f8f4e', blue: '#2f6fc4', yellow: '#b88a00', orange: '#d9701a', red: '#cc2f2f' };

const escape = (text) => `${text}`.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const text = (x, y, words, { size = 11, fill = '#333', anchor = 'start', weight = 400 } = {}) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}" font-weight="${weight}">${escape(words)}</text>`;
const plain = (value) => `${Number(value.toPrecision(3))}`;

/** @param {number} value @param {string} unit  as Grafana calls it */
export function inUnit(value, unit) {
  if (!Number.isFinite(value)) return 'no data';
  const size = Math.abs(value);
  const scaled = (steps, suffix) => {
    const [factor, prefix] = steps.find(([limit]) => size >= limit) ?? [1, ''];
    return `${plain(value / factor)}${prefix}${suffix}`;
  };
  const thousands = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ];
  const binary = [
    [2 ** 40, ' Ti'],
    [2 ** 30, ' Gi'],
    [2 ** 20, ' Mi'],
    [2 ** 10, ' Ki'],
  ];
  switch (unit) {
    case 's':
      if (size >= 86400) return `${plain(value / 86400)} d`;
      if (size >= 3600) return `${plain(value / 3600)} h`;
      if (size >= 60) return `${plain(value / 60)} min`;
      return size >= 1 || size === 0 ? `${plain(value)} s` : size >= 1e-3 ? `${plain(value * 1e3)} ms` : `${plain(value * 1e6)} µs`;
    case 'bytes':
      return scaled(binary, 'B').replace(/^(-?[\d.]+)B$/, '$1 B');
    case 'Bps':
      return `${scaled(binary, 'B').replace(/^(-?[\d.]+)B$/, '$1 B')}/s`;
    case 'percentunit':
      return `${plain(value * 100)} %`;
    case 'cps':
    case 'mps':
    case 'reqps':
      return `${scaled(thousands, '')}/s`;
    default:
      return scaled(thousands, '');
  }
}

/** The colour of the last threshold that the value has reached. */
function colourOf(value, { thresholds }) {
  let found = thresholds.steps[0].color;
  for (const { value: from, color } of thresholds.steps) if (from !== null && value >= from) found = color;
  return colours[found] ?? found;
}

/** Round steps for an axis; of bytes in powers of two. */
function ticks(low, high, wanted = 4, unit = '') {
  const rough = (high - low) / wanted || 1;
  if (/^(bytes|Bps)$/.test(unit)) {
    const step = Math.max(1, 2 ** Math.ceil(Math.log2(rough)));
    return Array.from({ length: Math.floor(high / step) + 1 }, (_, i) => i * step);
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const result = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step) result.push(at);
  return result;
}

/** Every series of a panel with its name, its colour and its last number. */
const seriesOf = (answers) =>
  answers
    .flatMap(({ legend, series }) =>
      series.map(({ labels, values }) => ({ name: nameOf(legend, labels), values: values.filter(([, v]) => Number.isFinite(v)) })),
    )
    .filter(({ values }) => values.length)
    .map((one, i) => ({ ...one, colour: palette[i % palette.length], last: one.values.at(-1)[1] }));

function drawLines(panel, answers, box, { start, end }) {
  const { defaults } = panel.fieldConfig;
  const series = seriesOf(answers);
  const stacked = defaults.custom.stacking.mode === 'normal';
  const at = new Map();
  const lines = series.map((one) => ({
    ...one,
    points: one.values.map(([time, value]) => {
      const base = stacked ? (at.get(time) ?? 0) : 0;
      at.set(time, base + value);
      return [time, base + value, base];
    }),
  }));
  const all = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const low = defaults.min ?? Math.min(0, ...all);
  const high = Math.max(defaults.max ?? -Infinity, ...all) || low + 1;
  const rows = Math.min(2, Math.ceil(series.length / Math.max(1, Math.floor(box.w / 110))));
  const plot = { x: box.x + 58, y: box.y + 4, w: box.w - 66, h: box.h - 30 - 14 * rows };
  const x = (time) => plot.x + ((time - start) / (end - start)) * plot.w;
  const y = (value) => plot.y + plot.h - ((Math.min(value, high) - low) / (high - low || 1)) * plot.h;
  const parts = [];
  for (const tick of ticks(low, high, 4, defaults.unit)) {
    parts.push(`<line x1="${plot.x}" x2="${plot.x + plot.w}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#e6e6e6"/>`);
    parts.push(text(plot.x - 5, y(tick) + 4, inUnit(tick, defaults.unit), { size: 10, anchor: 'end', fill: '#777' }));
  }
  for (const tick of ticks(0, end - start, 5))
    parts.push(text(x(start + tick), plot.y + plot.h + 13, `${Math.round(tick)} s`, { size: 10, anchor: 'middle', fill: '#777' }));
  for (const { value, color } of defaults.thresholds.steps)
    if (value !== null && value <= high)
      parts.push(
        `<line x1="${plot.x}" x2="${plot.x + plot.w}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="${colours[color]}" stroke-dasharray="5 4"/>`,
      );
  for (const { points, colour } of lines) {
    // A gap of more than three scrapes is a gap.
    let path = '';
    points.forEach(([time, value], i) => {
      path += `${i === 0 || time - points[i - 1][0] > 6 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
    });
    if (stacked) {
      const back = [...points]
        .reverse()
        .map(([time, , base]) => `L${x(time).toFixed(1)} ${y(base).toFixed(1)}`)
        .join('');
      parts.push(`<path d="${path.replaceAll('M', 'L').replace('L', 'M')}${back}Z" fill="${colour}" fill-opacity="0.35"/>`);
    }
    parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.3"/>`);
  }
  const columns = Math.max(1, Math.ceil(series.length / rows));
  series.forEach(({ name, colour }, i) => {
    const left = box.x + 10 + (i % columns) * ((box.w - 16) / columns);
    const top = box.y + box.h - 14 * rows + 14 * Math.floor(i / columns) + 4;
    const most = Math.floor((box.w - 16) / columns / 6.2) - 2;
    parts.push(`<rect x="${left}" y="${top - 5}" width="9" height="3" fill="${colour}"/>`);
    parts.push(text(left + 12, top, name.length > most ? `${name.slice(0, most - 1)}…` : name, { size: 10 }));
  });
  return parts.join('\n');
}

function drawNumber(panel, answers, box) {
  const [first] = seriesOf(answers);
  const value = first?.last ?? NaN;
  return text(box.x + box.w / 2, box.y + box.h / 2 + 10, inUnit(value, panel.fieldConfig.defaults.unit), {
    size: 28,
    anchor: 'middle',
    weight: 600,
    fill: colourOf(value, panel.fieldConfig.defaults),
  });
}

function drawBars(panel, answers, box) {
  const { defaults } = panel.fieldConfig;
  const series = seriesOf(answers);
  const most = defaults.max ?? Math.max(...series.map(({ last }) => last), 0);
  const height = Math.min(24, (box.h - 6) / Math.max(1, series.length));
  const names = Math.min(box.w * 0.5, 16 + 6.2 * Math.max(0, ...series.map(({ name }) => name.length)));
  const room = box.w - names - 76;
  return series
    .map(({ name, last }, i) => {
      const top = box.y + 2 + i * height;
      const length = most > 0 ? Math.max(0, Math.min(1, last / most)) * room : 0;
      const fill = colourOf(last, defaults);
      return `${text(box.x + names - 2, top + height / 2 + 3, name, { size: 10, anchor: 'end' })}
<rect x="${box.x + names + 4}" y="${(top + 2).toFixed(1)}" width="${room.toFixed(1)}" height="${(height - 4).toFixed(1)}" fill="#eee"/>
<rect x="${box.x + names + 4}" y="${(top + 2).toFixed(1)}" width="${length.toFixed(1)}" height="${(height - 4).toFixed(1)}" fill="${fill}"/>
${text(box.x + box.w - 8, top + height / 2 + 4, inUnit(last, defaults.unit), { size: 11, anchor: 'end', fill, weight: 600 })}`;
    })
    .join('\n');
}

const drawers = { timeseries: drawLines, stat: drawNumber, bargauge: drawBars };

/**
 * @param {any} board  as Grafana would read it
 * @param {any[]} answers  for each panel, by `answer`
 * @param {{start: number, end: number}} span  seconds since 1970
 * @returns {string} SVG
 */
export function drawBoard(board, answers, span) {
  const height = 34 + Math.max(...board.panels.map(({ gridPos: { y, h } }) => y + h)) * row + gap;
  const panels = board.panels.map((panel, i) => {
    const { x, y, w, h } = panel.gridPos;
    const box = { x: x * cell + gap / 2, y: 34 + y * row + gap / 2, w: w * cell - gap, h: h * row - gap };
    const inner = { x: box.x, y: box.y + 24, w: box.w, h: box.h - 28 };
    return `<g><title>${escape(panel.description)}</title>
<rect x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" rx="3" fill="#fff" stroke="#ddd"/>
${text(box.x + 9, box.y + 17, panel.title, { size: 12, weight: 600 })}
${drawers[panel.type](panel, answers[i], inner, span)}
</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Inter, Helvetica, Arial, sans-serif">
<rect width="${width}" height="${height}" fill="#f4f5f5"/>
${text(10, 22, board.title, { size: 16, weight: 600 })}
${panels.join('\n')}
</svg>
`;
}
