// A nats-server with WebSocket, nodes that serve the page, riders: what tests/e2e and tests/cluster have, and a browser on it.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

import { ClusterWorld } from '../../cluster/lib/cluster_world.mjs';
import { freePort } from '../../e2e/lib/processes.mjs';
import { World } from '../../e2e/lib/world.mjs';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../..');
export const pageFolder = process.env.ALLEYCAT_WEB ?? join(root, 'build', 'web');
/** Pictures of the views. */
export const pictureFolder = join(root, 'build', 'screenshots');
const readmePictures = new Set([
  'ride-desktop-dark',
  'live-desktop-light',
  'gym-gym-dark',
  'start-phone-dark',
  'ride-phone-light',
  'results-phone-dark',
  'leaderboard-desktop-dark',
  'rider-desktop-dark',
]);

function chromiumPath() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => path && existsSync(path));
  if (!found) throw new Error('chromium is not installed');
  return found;
}

/** Debian's Chromium with a fresh profile, that asks nobody anything by itself. */
export const launchBrowser = () =>
  chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });

/** The courses as shipped: pictures shall show what people see. */
const courseNames = ['Harbour Flat', 'River Rollers', 'Old Town Twist', 'Quarry Ramp', 'Ridge Traverse', 'Summit Hairpins'];

/** A world whose nats-server speaks WebSocket and whose nodes serve the page, and a browser on it. */
const withBrowser = (Base) =>
  class extends Base {
    constructor(rules) {
      super(rules);
      const text = readFileSync(this.path('node.toml'), 'utf8');
      writeFileSync(
        this.path('node.toml'),
        text.replace(/"Course (\d+)"/g, (name, id) => JSON.stringify(courseNames[id - 1] ?? name)),
      );
    }

    get pageFlags() {
      return ['--ws-port', `${this.wsPort}`, '--http.web', pageFolder];
    }

    /** The browser of this world, with a profile of its own that goes with it. */
    async browser() {
      this.chromium ??= await launchBrowser();
      return this.chromium;
    }

    /**
     * A page on a screen of its own, with nothing stored.
     * @param {string} [address]  what follows the host: '/?screen=live&class=3'
     * @param {import('playwright-core').BrowserContextOptions} [options]
     * @returns {Promise<import('playwright-core').Page & {faults: string[]}>} `faults`: errors and refusals of the browser
     */
    async page(address = '/', options = {}) {
      const context = await (await this.browser()).newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      page.faults = [];
      page.on('pageerror', (error) => page.faults.push(`error: ${error.message}`));
      page.on('console', (message) => {
        // While the server is away the browser reports each attempt to connect.
        if (message.type() === 'error' && !/WebSocket|ERR_CONNECTION|Failed to load resource/.test(message.text()))
          page.faults.push(message.text());
      });
      page.on('request', (request) => {
        const { hostname } = new URL(request.url());
        if (hostname !== '127.0.0.1') page.faults.push(`asked another host: ${request.url()}`);
      });
      await page.goto(this.httpUrl + address);
      return page;
    }

    /** @param {string} name  a name of `readmePictures` is kept small as well, to be copied to docs/pictures */
    async picture(page, name) {
      mkdirSync(join(pictureFolder, 'readme'), { recursive: true });
      await page.screenshot({ path: join(pictureFolder, `${name}.png`) });
      if (readmePictures.has(name))
        await page.screenshot({ path: join(pictureFolder, 'readme', `${name}.jpg`), type: 'jpeg', quality: 78 });
    }

    async stop(error = null) {
      await this.chromium?.close();
      await super.stop(error);
    }
  };

const webSocket = (port) => `websocket { listen: "127.0.0.1:${port}", no_tls: true }\n`;
const needsPage = () => {
  if (!existsSync(join(pageFolder, 'index.html'))) throw new Error(`no page in ${pageFolder}: npm --prefix web run build`);
};

/** Several nodes, each of which serves the page. */
export class PageCluster extends withBrowser(ClusterWorld) {
  async startServers(count) {
    needsPage();
    this.wsPort = await freePort();
    this.natsConf = webSocket(this.wsPort);
    return super.startServers(count);
  }

  async startNode(name, flags = []) {
    return super.startNode(name, [...this.pageFlags, ...flags]);
  }
}

export class PageWorld extends withBrowser(World) {
  async prepare() {
    needsPage();
    this.wsPort = await freePort();
    writeFileSync(this.path('nats.conf'), `${webSocket(this.wsPort)}ping_interval: "2s"\nping_max: 2\n`);
    this.natsFlags = ['-c', this.path('nats.conf')];
  }

  async startNode(name = 'node-1', flags = [], ...more) {
    // The page stays where it is when a node comes back.
    this.httpPort ??= await freePort();
    return super.startNode(name, [...this.pageFlags, ...flags], ...more);
  }
}
