import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { gzipSync } from 'node:zlib';

import vue from '@vitejs/plugin-vue';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

import { checks } from './contract/checks.ts';
import { apiPage } from './contract/page.ts';

/** A node that answers /config.json while the page is developed (`npm run dev`). */
const node = env.ALLEYCAT_NODE_URL ?? 'http://127.0.0.1:8080';

/** `name.gz` beside each text file, for the node to send to who takes it. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir }) {
    for (const name of readdirSync(dir!, { recursive: true, encoding: 'utf8' }))
      if (/\.(js|css|html|svg)$/.test(name))
        writeFileSync(join(dir!, `${name}.gz`), gzipSync(readFileSync(join(dir!, name)), { level: 9 }));
  },
};

export default defineConfig({
  plugins: [vue(), checks, apiPage, compressed],
  cacheDir: '../build/web-cache',
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
  build: {
    outDir: '../build/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // Data URIs would need more from the content security policy than files do.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/config.json': node, '/docs': node } },
  // Nothing here waits; but machines may be busy.
  test: { include: ['tests/**/*.test.ts'], testTimeout: 60_000 },
});
