// The dashboards as Grafana would read them, and their questions with the variables filled in.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../../ops/grafana/dashboards');

/** @returns {Record<string, any>} by file, without the runbook, which asks nothing */
export function readBoards() {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json') && file !== 'runbook.json')
      .map((file) => [file.replace('.json', ''), JSON.parse(readFileSync(join(folder, file), 'utf8'))]),
  );
}

/** As Grafana does it: "All" is `.*`; the rate's interval is four scrapes at least. */
export const fill = (text) => text.replaceAll('$__rate_interval', '10s').replace(/\$(?:node|class)\b/g, '.*');

/** Labels that a legend shows. */
export const labelsIn = (legend) => [...legend.matchAll(/{{(\w+)}}/g)].map(([, label]) => label);
/** A legend for one series. */
export const nameOf = (legend, labels) => legend.replace(/{{(\w+)}}/g, (_, label) => labels[label] ?? '');

/**
 * @param {import('./prometheus.mjs').Prometheus} prometheus
 * @returns the answers to a panel's questions, each with what is wrong with it
 */
export async function answer(prometheus, panel, start, end) {
  return Promise.all(
    (panel.targets ?? []).map(async ({ expr, legendFormat, instant }) => {
      try {
        const query = fill(expr);
        const series = instant ? await prometheus.ask(query) : await prometheus.askRange(query, start, end);
        return { expr, legend: legendFormat, series, fault: faultIn(series, legendFormat) };
      } catch (error) {
        return { expr, legend: legendFormat, series: [], fault: error.message };
      }
    }),
  );
}

/** @param {import('./prometheus.mjs').Series[]} series */
function faultIn(series, legend) {
  if (!series.some(({ values }) => values.some(([, value]) => Number.isFinite(value)))) return series.length ? 'not a number' : 'empty';
  for (const label of labelsIn(legend)) {
    const without = series.find(({ labels }) => !labels[label]);
    if (without) return `no label "${label}" for the legend in ${JSON.stringify(without.labels)}`;
  }
  const names = series.map(({ labels }) => nameOf(legend, labels));
  return new Set(names).size === names.length ? '' : 'two series with the same legend';
}
