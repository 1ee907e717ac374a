import { env } from 'node:process';

import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/** A node that answers /config.json while the page is developed (`npm run dev`). */
const node = env.ALLEYCAT_NODE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [vue()],
  cacheDir: '../build/web-cache',
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
  build: {
    outDir: '../build/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // Data URIs would need more from the content security policy than files do.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/config.json': node } },
  test: { include: ['tests/**/*.test.ts'] },
});
