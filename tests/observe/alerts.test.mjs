// Every alert fires on the numbers it is for, and not on those beside them (`promtool test rules`); every alert has an entry in
// the runbook.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const rulesFile = join(root, 'ops/prometheus/alleycat.rules.yml');
const rulesText = readFileSync(rulesFile, 'utf8');
const alerts = [...rulesText.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);

/** A counter in histogram buckets: so many observations a step, all in the bucket up to `le`. */
const observed = (name, le, bounds) =>
  Object.fromEntries(
    [...bounds, '+Inf'].map((bound) => [`${name}_bucket{le="${bound}"}`, bound === '+Inf' || Number(bound) >= le ? '0+10x100' : '0x100']),
  );

const node = 'instance="a",job="alleycat",node="node-1"';

/**
 * One sample each 2 s. `after` seconds the alert fires (`labels` are those beside its name and severity), on the numbers of
 * `fine` it never does.
 * @type {Record<string, {series: Record<string, string>, after: number, labels?: Record<string, string>, fine: Record<string, string>}>}
 */
const cases = {
  AlleycatNodeDown: {
    series: { [`up{${node}}`]: '1x4 0x60' },
    after: 16,
    labels: { instance: 'a', job: 'alleycat', node: 'node-1' },
    // One scrape that failed is not a node that is gone.
    fine: { [`up{${node}}`]: '1x4 0 1x60' },
  },
  AlleycatClassWithoutOwner: {
    series: { 'alleycat_class_owned{class="1",node="node-1"}': '1x4 0x60', 'alleycat_class_owned{class="1",node="node-2"}': '0x70' },
    after: 22,
    labels: { class: '1' },
    // A hand-over.
    fine: { 'alleycat_class_owned{class="1",node="node-1"}': '1x4 0x60', 'alleycat_class_owned{class="1",node="node-2"}': '0x7 1x60' },
  },
  AlleycatClassWithTwoOwners: {
    series: { 'alleycat_class_owned{class="1",node="node-1"}': '1x70', 'alleycat_class_owned{class="1",node="node-2"}': '0x4 1x60' },
    after: 22,
    labels: { class: '1' },
    fine: {
      'alleycat_class_owned{class="1",node="node-1"}': '1x70',
      'alleycat_class_owned{class="1",node="node-2"}': '0x4 1x3 0x60',
      'alleycat_class_owned{class="2",node="node-2"}': '1x70',
    },
  },
  AlleycatTakeOversTooOften: {
    series: { 'alleycat_class_epoch{class="1",node="node-1"}': '1 1 2 2 3 3 4 4 5 5 6x60' },
    after: 30,
    labels: { class: '1' },
    // A node that starts and learns of the epochs.
    fine: { 'alleycat_class_epoch{class="1",node="node-1"}': '0 0 27 27 28x60' },
  },
  AlleycatClocksApart: {
    series: { [`alleycat_clock_offset_seconds{${node}}`]: '0x4 -0.7x60' },
    after: 22,
    labels: { instance: 'a', job: 'alleycat', node: 'node-1' },
    fine: { [`alleycat_clock_offset_seconds{${node}}`]: '0.4x70' },
  },
  AlleycatNotTrusted: {
    series: { [`alleycat_cluster_trusted{${node}}`]: '1x4 0x60' },
    after: 22,
    labels: { instance: 'a', job: 'alleycat', node: 'node-1' },
    fine: { [`alleycat_cluster_trusted{${node}}`]: '1x4 0x3 1x60' },
  },
  AlleycatActorRestarted: {
    series: { [`alleycat_actor_restarts_total{name="race",${node}}`]: '0x10 1x60' },
    after: 24,
    labels: { node: 'node-1', name: 'race' },
    fine: { [`alleycat_actor_restarts_total{name="race",${node}}`]: '3x70' },
  },
  AlleycatJournalLag: {
    series: { [`alleycat_journal_lag_seconds{class="1",${node}}`]: '0x4 3x60' },
    after: 22,
    labels: { class: '1' },
    fine: { [`alleycat_journal_lag_seconds{class="1",${node}}`]: '0x4 8x3 0.4x60' },
  },
  AlleycatSlowAcknowledgements: {
    series: observed('alleycat_acknowledgement_seconds', 1, ['0.02', '0.5', '0.75', '1.0']),
    after: 40,
    fine: observed('alleycat_acknowledgement_seconds', 0.02, ['0.02', '0.5', '0.75', '1.0']),
  },
  AlleycatStandingsLate: {
    series: observed('alleycat_standings_delay_seconds', 5, ['0.5', '1.0', '2.0', '5.0']),
    after: 40,
    fine: observed('alleycat_standings_delay_seconds', 1, ['0.5', '1.0', '2.0', '5.0']),
  },
  AlleycatRefusalsHigh: {
    series: {
      'alleycat_updates_received_total{node="a"}': '0+100x100',
      'alleycat_updates_refused_total{node="a",reason="too_late"}': '0+10x100',
    },
    after: 50,
    // What is sent again for want of an answer is a duplicate, not a refusal.
    fine: {
      'alleycat_updates_received_total{node="a"}': '0+100x100',
      'alleycat_updates_refused_total{node="a",reason="too_late"}': '0+2x100',
      'alleycat_updates_refused_total{node="a",reason="duplicate"}': '0+50x100',
    },
  },
  AlleycatDeadLetters: {
    series: { 'alleycat_deadletters_total{outcome="published"}': '0+10x60' },
    after: 60,
    fine: { 'alleycat_deadletters_total{outcome="published"}': '500x30 503x60' },
  },
  AlleycatRaceOverdue: {
    series: { 'alleycat_race_overdue_seconds{class="1",node="a"}': '0x4 50+2x60' },
    after: 50,
    labels: { class: '1' },
    fine: { 'alleycat_race_overdue_seconds{class="1",node="a"}': '0+2x10 0x60' },
  },
  AlleycatJournalNearlyFull: {
    series: {
      'alleycat_stream_bytes{instance="a",stream="ALLEYCAT_JOURNAL_1"}': '70x100',
      'alleycat_stream_limit_bytes{instance="a",stream="ALLEYCAT_JOURNAL_1"}': '100x100',
    },
    after: 40,
    labels: { stream: 'ALLEYCAT_JOURNAL_1' },
    // Dead letters are thrown away from the oldest on: that stream is full as a rule.
    fine: {
      'alleycat_stream_bytes{instance="a",stream="ALLEYCAT_JOURNAL_1"}': '50x100',
      'alleycat_stream_limit_bytes{instance="a",stream="ALLEYCAT_JOURNAL_1"}': '100x100',
      'alleycat_stream_bytes{instance="a",stream="ALLEYCAT_DEADLETTER"}': '99x100',
      'alleycat_stream_limit_bytes{instance="a",stream="ALLEYCAT_DEADLETTER"}': '100x100',
    },
  },
  AlleycatStoreNearItsLimit: {
    series: { [`alleycat_store_used_bytes{${node}}`]: '81x100', [`alleycat_store_limit_bytes{${node}}`]: '100x100' },
    after: 40,
    labels: { instance: 'a', job: 'alleycat', node: 'node-1' },
    fine: { [`alleycat_store_used_bytes{${node}}`]: '79x100', [`alleycat_store_limit_bytes{${node}}`]: '100x100' },
  },
  AlleycatDiskNearlyFull: {
    series: { [`alleycat_data_free_bytes{${node}}`]: '9x100', [`alleycat_data_size_bytes{${node}}`]: '100x100' },
    after: 40,
    labels: { instance: 'a', job: 'alleycat', node: 'node-1' },
    fine: { [`alleycat_data_free_bytes{${node}}`]: '11x100', [`alleycat_data_size_bytes{${node}}`]: '100x100' },
  },
  AlleycatStoreHangs: {
    series: { [`alleycat_store_busy_seconds{${node}}`]: '0x4 1+2x60' },
    after: 22,
    labels: { instance: 'a', job: 'alleycat', node: 'node-1' },
    fine: { [`alleycat_store_busy_seconds{${node}}`]: '0x4 6 0x60' },
  },
  AlleycatClosesDelayed: {
    series: { [`alleycat_closes_delayed{${node}}`]: '0x4 2x60' },
    after: 72,
    labels: { instance: 'a', job: 'alleycat', node: 'node-1' },
    fine: { [`alleycat_closes_delayed{${node}}`]: '0x4 2x10 0x60' },
  },
  AlleycatHistoryBehind: {
    series: { [`alleycat_follower_current{${node}}`]: '0x70' },
    after: 70,
    labels: { instance: 'a', job: 'alleycat', node: 'node-1' },
    fine: { [`alleycat_follower_current{${node}}`]: '0x20 1x60' },
  },
  AlleycatMessagesLost: {
    series: { [`alleycat_nats_dropped_total{subscription="updates",${node}}`]: '0x10 40x60' },
    after: 24,
    labels: { node: 'node-1', subscription: 'updates' },
    fine: { [`alleycat_nats_dropped_total{subscription="updates",${node}}`]: '40x70' },
  },
};

const severityOf = (alert) => new RegExp(`- alert: ${alert}\\n[^]*?severity: (\\w+)`).exec(rulesText)[1];
const series = (of) => Object.entries(of).map(([name, values]) => ({ series: name, values }));
const selector = ({ name, labels }) =>
  `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',')}}`;

/** @returns {string} what promtool says; empty when all tests pass */
function failures(tests) {
  const folder = mkdtempSync(join(tmpdir(), 'alleycat-rules-'));
  try {
    // JSON is YAML.
    writeFileSync(join(folder, 'test.yml'), JSON.stringify({ rule_files: [rulesFile], evaluation_interval: '2s', tests }));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(folder, 'test.yml')], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const firing = (alert, at, samples) => ({
  expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
  eval_time: `${at}s`,
  exp_samples: samples,
});

for (const alert of alerts)
  test(`${alert} fires on what it is for, and only then`, () => {
    const wanted = cases[alert];
    assert.ok(wanted, `no case for ${alert}`);
    const labels = { alertname: alert, alertstate: 'firing', severity: severityOf(alert), ...wanted.labels };
    const sample = { labels: selector({ name: 'ALERTS', labels }), value: 1 };
    assert.equal(
      failures([
        { interval: '2s', input_series: series(wanted.series), promql_expr_test: [firing(alert, wanted.after, [sample])] },
        {
          interval: '2s',
          input_series: series(wanted.fine),
          promql_expr_test: [10, 20, 30, 50, 80, 120].map((at) => firing(alert, at, [])),
        },
      ]),
      '',
    );
  });

test('every alert has an entry in the runbook, and the runbook has no other', () => {
  const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');
  const entries = [...runbook.matchAll(/^## (Alleycat\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual([...entries].sort(), [...alerts].sort());
  for (const alert of alerts)
    assert.match(rulesText, new RegExp(`- alert: ${alert}\\n[^]*?runbook: docs/runbook.md#${alert.toLowerCase()}\\n`));
});

test('every alert says what it is about in labels that are there', () => {
  assert.deepEqual(Object.keys(cases).sort(), [...alerts].sort());
});

test('the configuration as shipped is what Prometheus accepts', () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', 'prometheus.yml'], {
    cwd: join(root, 'ops/prometheus'),
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
});
