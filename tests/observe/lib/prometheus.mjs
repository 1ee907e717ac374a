// A real Prometheus, on a free port, with the configuration as shipped.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { freePort, Program } from '../../e2e/lib/processes.mjs';
import { until } from '../../e2e/lib/until.mjs';

const shipped = resolve(import.meta.dirname, '../../../ops/prometheus');

/**
 * One series of an answer.
 * @typedef {{labels: Record<string, string>, values: [time: number, value: number][]}} Series
 */

export class Prometheus {
  /**
   * @param {string} folder  of its own
   * @param {Map<string, string>} nodes  name -> host:port
   */
  static async start(folder, nodes) {
    mkdirSync(folder, { recursive: true });
    for (const file of ['prometheus.yml', 'alleycat.rules.yml']) cpSync(join(shipped, file), join(folder, file));
    const targets = [...nodes].map(([node, address]) => ({ targets: [address], labels: { node } }));
    writeFileSync(join(folder, 'nodes.json'), JSON.stringify(targets));
    const port = await freePort();
    const program = new Program('prometheus', 'prometheus', [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ]);
    const self = new Prometheus(program, `http://127.0.0.1:${port}`);
    await until('prometheus is ready', async () => !program.running || (await fetch(`${self.url}/-/ready`)).ok);
    if (!program.running) throw new Error(`prometheus ended at once:\n${program.report}`);
    return self;
  }

  /** @param {Program} program @param {string} url */
  constructor(program, url) {
    this.program = program;
    this.url = url;
  }

  async get(path, parameters) {
    const response = await fetch(`${this.url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
    const answer = await response.json();
    if (answer.status !== 'success') throw new Error(`${answer.errorType}: ${answer.error}`);
    return answer.data;
  }

  /** @param {string} expr @returns {Promise<Series[]>} */
  async ask(expr) {
    const { result } = await this.get('query', { query: expr });
    return result.map(({ metric, value }) => ({ labels: metric, values: [[Number(value[0]), Number(value[1])]] }));
  }

  /** @param {string} expr @param {number} start @param {number} end  seconds since 1970 @returns {Promise<Series[]>} */
  async askRange(expr, start, end, step = 2) {
    const { result } = await this.get('query_range', { query: expr, start: `${start}`, end: `${end}`, step: `${step}` });
    return result.map(({ metric, values }) => ({ labels: metric, values: values.map(([time, value]) => [Number(time), Number(value)]) }));
  }

  /** Names of alerts that fire now, with the node they are about. @returns {Promise<string[]>} */
  async firing() {
    const response = await fetch(`${this.url}/api/v1/alerts`);
    const { data } = await response.json();
    return data.alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels }) => [labels.alertname, labels.node ?? labels.class].filter(Boolean).join(' '));
  }

  /** @returns {Promise<string[]>} what a dashboard's variable of the form label_values(selector, label) offers */
  async labelValues(selector, label) {
    const response = await fetch(`${this.url}/api/v1/label/${label}/values?${new URLSearchParams({ 'match[]': selector })}`);
    return (await response.json()).data;
  }
}
