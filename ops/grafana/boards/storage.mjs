// @ts-check
import { bars, board, lines, nodes, quantile, rate } from '../lib/panels.mjs';

export default () => board({
  uid: 'storage',
  title: 'Storage',
  about: 'LMDB, disks, the history that every node keeps.',
  variables: [nodes],
  panels: [
    lines({ title: 'LMDB transactions', about: 'Time of a transaction, the sync to disk included.', unit: 's', ask: [[quantile(0.5, 'alleycat_store_commit_seconds', 'node'), '{{node}} 50 %'], [quantile(0.99, 'alleycat_store_commit_seconds', 'node'), '{{node}} 99 %']], steps: [[1, 'yellow'], [5, 'red']], runbook: 'AlleycatStoreHangs' }),
    lines({ title: 'Transaction under way', about: 'How long it has been taking.', unit: 's', ask: [['max by (node) (alleycat_store_busy_seconds{node=~"$node"})', '{{node}}']], steps: [[5, 'red']], runbook: 'AlleycatStoreHangs' }),
    lines({ title: 'Transactions and errors', about: 'Errors may go away and are tried again: a full disk.', unit: 'cps', ask: [[rate('alleycat_store_writes_total', 'node'), '{{node}} written'], [rate('alleycat_store_errors_total', 'node'), '{{node}} failed']], runbook: 'AlleycatClosesDelayed' }),

    bars({ title: 'LMDB of its limit', about: 'Bytes in use, of history.max_bytes.', unit: 'percentunit', max: 1, ask: [['max by (node) (alleycat_store_used_bytes{node=~"$node"} / alleycat_store_limit_bytes)', '{{node}}']], steps: [[0.6, 'yellow'], [0.8, 'red']], runbook: 'AlleycatStoreNearItsLimit', w: 6 }),
    bars({ title: 'Disk free', about: 'Of the disk with the data folder.', unit: 'percentunit', max: 1, base: 'red', ask: [['min by (node) (alleycat_data_free_bytes{node=~"$node"} / alleycat_data_size_bytes)', '{{node}}']], steps: [[0.1, 'yellow'], [0.2, 'green']], runbook: 'AlleycatDiskNearlyFull', w: 6 }),
    lines({ title: 'LMDB bytes', about: 'In use, and what the map has room for before it is doubled.', unit: 'bytes', ask: [['max by (node) (alleycat_store_used_bytes{node=~"$node"})', '{{node}} used'], ['max by (node) (alleycat_store_map_bytes{node=~"$node"})', '{{node}} map']], runbook: 'AlleycatStoreNearItsLimit', w: 12 }),

    lines({ title: 'History read', about: '1 = the node has all results. 0 for some time after a start with an empty folder.', unit: 'none', max: 1, ask: [['min by (node) (alleycat_follower_current{node=~"$node"})', '{{node}}']], runbook: 'AlleycatHistoryBehind' }),
    lines({ title: 'Results still to be read', about: 'Messages of the results stream and, at first, of the changelog.', unit: 'short', ask: [['max by (node) (alleycat_follower_left{node=~"$node"})', '{{node}}']], runbook: 'AlleycatHistoryBehind' }),
    lines({ title: 'Results read', about: 'Read, of these not decodable, streams that went backwards, and corrections applied.', unit: 'mps', ask: [[rate('alleycat_follower_messages_total', 'node'), '{{node}}'], [rate('alleycat_follower_undecodable_total'), 'not decodable'], [rate('alleycat_streams_backwards_total'), 'backwards'], [rate('alleycat_edits_applied_total'), 'corrections']], runbook: 'AlleycatHistoryBehind' }),

    lines({ title: 'Merging a race', about: 'Into all-time table and leaderboard of its class.', unit: 's', ask: [['histogram_quantile(0.5, sum by (le) (increase(alleycat_merge_seconds_bucket{node=~"$node"}[10m])))', '50 %'], ['histogram_quantile(0.99, sum by (le) (increase(alleycat_merge_seconds_bucket{node=~"$node"}[10m])))', '99 %']], steps: [[0.5, 'yellow'], [1, 'red']], runbook: 'AlleycatStandingsLate' }),
    lines({ title: 'Changelog of bests', about: 'Entries written.', unit: 'mps', ask: [[rate('alleycat_bests_announced_total', 'node'), '{{node}}']], runbook: 'AlleycatClosesDelayed' }),
    lines({ title: 'Old history removed', about: 'In the last hour; older than history.keep_days.', unit: 'short', ask: [['sum(increase(alleycat_history_results_removed_total{node=~"$node"}[1h]))', 'results'], ['sum(increase(alleycat_history_rides_removed_total{node=~"$node"}[1h]))', 'rides']] }),
  ],
});
