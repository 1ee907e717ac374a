// @ts-check
import { bars, board, lines, nodes, quantile, rate } from '../lib/panels.mjs';

export default () => board({
  uid: 'nats',
  title: 'NATS',
  about: 'The journal and the other streams, connections, backlogs; as the nodes see them.',
  variables: [nodes],
  panels: [
    lines({ title: 'Journal commit', about: 'From sending a batch to JetStream to its confirmation.', unit: 's', ask: [[quantile(0.5, 'alleycat_journal_commit_seconds'), '50 %'], [quantile(0.95, 'alleycat_journal_commit_seconds'), '95 %'], [quantile(0.99, 'alleycat_journal_commit_seconds'), '99 %']], steps: [[0.25, 'yellow'], [0.5, 'red']], runbook: 'AlleycatSlowAcknowledgements' }),
    lines({ title: 'Batches', about: 'Sent and confirmed go together. Sent again: no confirmation within 2 s. No room: the journal is full.', unit: 'mps', ask: [[rate('alleycat_batches_sent_total'), 'sent'], [rate('alleycat_batches_stored_total'), 'confirmed'], [rate('alleycat_batches_resent_total'), 'sent again'], [rate('alleycat_batches_no_room_total'), 'no room'], [rate('alleycat_batches_failed_total'), 'failed']], runbook: 'AlleycatSlowAcknowledgements' }),
    lines({ title: 'Updates in a batch', about: 'How well group commit works: more under load.', unit: 'short', ask: [['sum(rate(alleycat_updates_acknowledged_total{node=~"$node"}[$__rate_interval])) / clamp_min(sum(rate(alleycat_batches_stored_total{node=~"$node"}[$__rate_interval])), 0.001)', 'updates']] }),

    bars({ title: 'Streams of their limit', about: 'Bytes of the limit. Dead letters are thrown away from the oldest on, and may be full.', unit: 'percentunit', max: 1, h: 9, ask: [['max by (stream) (alleycat_stream_bytes{node=~"$node"} / on (instance, stream) alleycat_stream_limit_bytes)', '{{stream}}']], steps: [[0.6, 'yellow'], [0.8, 'red']], runbook: 'AlleycatJournalNearlyFull' }),
    lines({ title: 'Stream bytes', about: 'A journal grows while its races run and shrinks an hour after they are closed.', unit: 'bytes', h: 9, ask: [['max by (stream) (alleycat_stream_bytes{node=~"$node"})', '{{stream}}']], runbook: 'AlleycatJournalNearlyFull' }),
    lines({ title: 'Stream messages', about: 'A message of a journal is a batch, one of the results is a ride or a result.', unit: 'short', h: 9, ask: [['max by (stream) (alleycat_stream_messages{node=~"$node"})', '{{stream}}']], runbook: 'AlleycatJournalNearlyFull' }),

    lines({ title: 'Waiting for the journal', about: 'Updates that are not confirmed yet; 100,000 at most, then bikes are answered busy.', unit: 'short', ask: [['sum by (node) (alleycat_updates_unstored{node=~"$node"})', '{{node}}']], steps: [[50000, 'red']], runbook: 'AlleycatSlowAcknowledgements' }),
    lines({ title: 'Waiting for a callback', about: 'Messages that came and that the node has not taken yet.', unit: 'short', ask: [['sum by (subscription) (alleycat_nats_pending_messages{node=~"$node"})', '{{subscription}}']], steps: [[100000, 'red']], runbook: 'AlleycatMessagesLost' }),
    lines({ title: 'Bytes waiting for a callback', about: 'Bytes of messages that the node has not taken yet.', unit: 'bytes', ask: [['sum by (subscription) (alleycat_nats_pending_bytes{node=~"$node"})', '{{subscription}}']], runbook: 'AlleycatMessagesLost' }),

    lines({ title: 'Lost', about: 'Messages dropped because too many waited, and times a subscription began to lose some, in the last 5 minutes. Always 0.', unit: 'none', ask: [['sum by (subscription) (increase(alleycat_nats_dropped_total{node=~"$node"}[5m]))', '{{subscription}}'], ['sum(increase(alleycat_nats_slow_consumer_total{node=~"$node"}[5m]))', 'slow']], steps: [[1, 'red']], runbook: 'AlleycatMessagesLost' }),
    lines({ title: 'Connections', about: 'Up: 4 for each node.', unit: 'none', ask: [['sum by (node) (alleycat_nats_connections{node=~"$node"})', '{{node}}']], runbook: 'AlleycatNotTrusted' }),
    lines({ title: 'Reconnections', about: 'In the last 5 minutes.', unit: 'none', ask: [['sum by (node) (increase(alleycat_nats_reconnects_total{node=~"$node"}[5m]))', '{{node}}']], steps: [[1, 'yellow']], runbook: 'AlleycatNotTrusted' }),

    lines({ title: 'Close marks', about: 'In the last 5 minutes: confirmed by the journal; of these too early, which end nothing.', unit: 'none', w: 12, ask: [['sum(increase(alleycat_marks_acknowledged_total{node=~"$node"}[5m]))', 'confirmed'], ['sum(increase(alleycat_marks_early_total{node=~"$node"}[5m]))', 'too early']], runbook: 'AlleycatRaceOverdue' }),
    lines({ title: 'Readers of the journal', about: 'Opened again after falling silent; messages that did not decode. Both 0.', unit: 'cps', w: 12, ask: [[rate('alleycat_readers_reopened_total'), 'opened again'], [rate('alleycat_journal_undecodable_total'), 'not decodable']], runbook: 'AlleycatJournalLag' }),
  ],
});
