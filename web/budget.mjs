// What the page weighs: all scripts and styles together, as they go over the wire.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const limit = 150_000;
const folder = new URL('../build/web/assets', import.meta.url).pathname;
const weights = readdirSync(folder)
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 }).length]);
const sum = weights.reduce((all, [, bytes]) => all + bytes, 0);
for (const [name, bytes] of weights) console.log(`${String(bytes).padStart(8)}  ${name}`);
console.log(`${String(sum).padStart(8)}  of at most ${limit} bytes (gzip)`);
if (sum > limit) process.exitCode = 1;
