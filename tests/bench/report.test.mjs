// What the bench prints, writes and draws says the same.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { pageOf } from './lib/chart.mjs';
import { allocationsIn, sharesIn, switchesOf } from './lib/profile.mjs';
import { Report } from './lib/report.mjs';
import { programPath } from '../e2e/lib/world.mjs';

const columns = [
  { key: 'engine', title: 'engine us' },
  { key: 'ratio', title: 'engine / bare' },
  { key: 'rate', title: 'updates/s', digits: 0 },
  { key: 'missing', title: 'missing', digits: 0, fact: true },
];
const rows = [
  { name: 'Alleycat', engine: [4, 2, 3], ratio: [2, 1, 1.5], rate: 1000, missing: 0 },
  { name: 'bare loop', engine: [2, 2, 2], ratio: [1, 1, 1], rate: [NaN, undefined], missing: 2 },
];

function reported(t) {
  const folder = mkdtempSync(join(tmpdir(), 'alleycat-report-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'bench.json');
  const lines = [];
  const report = new Report({ date: '2026-11-27', machine: '2 x <CPU>', commit: 'abc' }, { file, print: (line) => lines.push(line) });
  report.begin('saturated', { calm: true, busyBefore: 0.1 });
  report.table('Closed loop', columns, rows);
  report.note('So & so.');
  report.end({ seconds: 12, others: 0.04 });
  return { folder, file, lines, result: JSON.parse(readFileSync(file, 'utf8')) };
}

test('a table has medians and ranges, and a dash where nothing was measured', (t) => {
  const { lines } = reported(t);
  assert.deepEqual(lines.slice(1, 5), [
    '|  | engine us | engine / bare | updates/s | missing |',
    '|---|---|---|---|---|',
    '| Alleycat | 3.00 [2.00-4.00] | 1.50 [1.00-2.00] | 1000 | 0 |',
    '| bare loop | 2.00 [2.00-2.00] | 1.00 [1.00-1.00] | - | 2 |',
  ]);
});

test('the JSON has every round', (t) => {
  const { result } = reported(t);
  const [part] = result.parts;
  assert.deepEqual([part.name, part.seconds, part.others, part.notes], ['saturated', 12, 0.04, ['So & so.']]);
  assert.deepEqual(part.tables[0].rows[0].cells.engine, { median: 3, min: 2, max: 4, values: [4, 2, 3] });
  assert.equal(part.tables[0].rows[1].cells.rate, undefined);
});

test('bars are as long as the figures are, and facts have none', (t) => {
  const page = pageOf(reported(t).result);
  const figures = page.match(/<figure>.*?<\/figure>/gs);
  assert.deepEqual(
    figures.map((figure) => /<figcaption>(.*?)</.exec(figure)[1]),
    ['engine us', 'engine / bare', 'updates/s'],
  );
  const widths = [...figures[0].matchAll(/<rect class="(\w+)"[^>]*? width="([\d.]+)"/g)].map(([, kind, width]) => [kind, Number(width)]);
  assert.deepEqual(
    widths.map(([kind]) => kind),
    ['ours', 'bare'],
  );
  assert.ok(Math.abs(widths[0][1] / widths[1][1] - 1.5) < 0.01, `${widths}`);
  assert.match(figures[0], /3\.00 \[2\.00–4\.00\]/);
  assert.match(figures[1], /class="one"/);
  assert.doesNotMatch(figures[0], /class="one"/);
  assert.match(page, /2 x &lt;CPU&gt;/);
  assert.match(page, /So &amp; so\./);
});

test('the page asks nobody for anything', (t) => {
  const page = pageOf(reported(t).result);
  assert.doesNotMatch(page, /https?:|src=|href=|@import|url\(|<script/);
});

test('a file that is no bench is refused by name', (t) => {
  const { folder, file } = reported(t);
  const chart = (...args) =>
    spawnSync(join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, 'chart'), args, { encoding: 'utf8' });
  assert.match(chart(file).stdout, /^<!doctype html>/);
  const other = join(folder, 'other.json');
  writeFileSync(other, '{"parts": 3}');
  const refused = chart(other);
  assert.deepEqual([refused.status, refused.stdout], [2, '']);
  assert.match(refused.stderr, /other\.json: is not what tests\/bench\/run --json writes/);
  assert.equal(chart().status, 2);
});

test('what perf reports is read: kernel, libraries, long names', () => {
  const long = `std::map<${'int, '.repeat(40)}>::find`;
  const report = `# Samples: 7\n#\n    58.31\t[kernel.kallsyms]\t[k] irq_enable  -      -\n     2.80\tlibc.so.6\t[.] malloc  -      -\n     1.00\tnode\t[.] ${long}\n\n`;
  const [kernel, libc, node, ...more] = sharesIn(report);
  assert.deepEqual(kernel, { name: 'kernel irq_enable', share: 58.31 / 100 });
  assert.deepEqual([libc.name, Math.round(libc.share * 1000)], ['libc.so.6 malloc', 28]);
  assert.ok(node.name.startsWith('node std::map<int, ') && node.name.length === 110, node.name);
  assert.deepEqual(more, []);
  assert.deepEqual(sharesIn('    29.90\tlibcaf_core.so.0.17.6\n'), [{ name: 'libcaf_core.so.0.17.6', share: 29.9 / 100 }]);
});

test('allocations of all threads are summed up, and a process is seen to wait', () => {
  const table = Buffer.alloc(3 * 64);
  for (const [slot, numbers] of [
    [0, [2n, 100n, 1n]],
    [2, [5n, 2n ** 33n, 4n]],
  ])
    numbers.forEach((number, i) => table.writeBigUInt64LE(number, slot * 64 + 8 * i));
  assert.deepEqual(allocationsIn(table), { allocations: 7, bytes: 2 ** 33 + 100, deallocations: 5 });
  assert.ok(switchesOf(process.pid).voluntary > 0);
});

test('the counting allocator counts a program that allocates: as much as it gives back, and what it was asked for', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'alleycat-allocations-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const count = (script) => {
    const file = join(folder, 'table');
    writeFileSync(file, '');
    const env = { ...process.env, LD_PRELOAD: programPath('libbench_allocations.so'), BENCH_ALLOCATIONS: file, PYTHONMALLOC: 'malloc' };
    const { status, stderr } = spawnSync('python3', ['-c', script], { encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
    return allocationsIn(readFileSync(file));
  };
  const [few, many] = ['0', '100000'].map((n) => count(`keep = [bytes(1000) for _ in [0] * ${n}]`));
  const more = (key) => many[key] - few[key];
  assert.ok(more('allocations') >= 100_000 && more('allocations') < 101_000, `${more('allocations')} allocations`);
  assert.ok(more('bytes') > 100e6 && more('bytes') < 115e6, `${more('bytes')} bytes`);
  assert.ok(more('deallocations') >= 100_000 && more('deallocations') < 101_000, `${more('deallocations')} given back`);
});
