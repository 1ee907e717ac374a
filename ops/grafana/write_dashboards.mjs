#!/usr/bin/env node
// Writes the dashboards' JSON from boards/ and docs/. Usage: ops/grafana/write-dashboards (after `npm ci` in ops/grafana).

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { allBoards } from './lib/all.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const docs = (name) => readFileSync(join(here, '../../docs', name), 'utf8');
for (const [name, board] of Object.entries(allBoards(docs('runbook.md'), docs('metrics.md'))))
  writeFileSync(join(here, 'dashboards', `${name}.json`), `${JSON.stringify(board, null, 2)}\n`);
