// @ts-check
import { bars, board, lines, nodes, number, quantile, rate } from '../lib/panels.mjs';

export default () => board({
  uid: 'overview',
  title: 'Overview',
  about: 'Is all well? The first row says it, the rest says since when.',
  variables: [nodes],
  panels: [
    number({ title: 'Nodes up', about: 'Nodes that answer Prometheus.', unit: 'none', ask: [['sum(up{job="alleycat"})', 'up']], base: 'red', steps: [[1, 'yellow'], [2, 'green']], runbook: 'AlleycatNodeDown' }),
    number({ title: 'Without an owner', about: 'Classes: nobody ranks their riders. 0 but for some seconds after a death.', unit: 'none', ask: [['count(sum by (class) (alleycat_class_owned) == 0) or vector(0)', 'without']], steps: [[1, 'red']], runbook: 'AlleycatClassWithoutOwner' }),
    number({ title: 'Alerts', about: 'Alerts that fire now.', unit: 'none', ask: [['count(ALERTS{alertstate="firing"}) or vector(0)', 'firing']], steps: [[1, 'red']], runbook: 'Runbook' }),
    number({ title: 'Riders live', about: 'Riders who reported within the last 2 s.', unit: 'none', base: 'blue', ask: [['sum(alleycat_riders_live)', 'riders']] }),
    number({ title: 'Updates', about: 'Updates that came in, all nodes.', unit: 'cps', base: 'blue', ask: [['sum(rate(alleycat_updates_received_total[$__rate_interval]))', 'received']] }),
    number({ title: 'Acknowledged, 99 %', about: 'In this time 99 of 100 updates had their ok.', unit: 's', ask: [['alleycat:acknowledgement_seconds:p99', '99 %']], steps: [[0.25, 'yellow'], [0.5, 'red']], runbook: 'AlleycatSlowAcknowledgements' }),
    number({ title: 'Standings, 99 %', about: 'In this time 99 of 100 standings showed the oldest update in them. A second is their rhythm.', unit: 's', ask: [['alleycat:standings_delay_seconds:p99', '99 %']], steps: [[1.5, 'yellow'], [2, 'red']], runbook: 'AlleycatStandingsLate' }),
    number({ title: 'Refused', about: 'Share of the updates that had no effect, repeated ones left out.', unit: 'percentunit', decimals: 1, ask: [['alleycat:refused:ratio', 'refused']], steps: [[0.01, 'yellow'], [0.05, 'red']], runbook: 'AlleycatRefusalsHigh' }),

    lines({ title: 'Updates, and what the machine could take', about: 'Received, against what would use up all CPUs at the present cost of an update: a fair estimate under load, far too low without.', unit: 'cps', ask: [[rate('alleycat_updates_received_total', 'node'), '{{node}}'], ['alleycat:capacity:updates_per_second{node=~"$node"}', '{{node}} could take']], runbook: 'AlleycatSlowAcknowledgements' }),
    lines({ title: 'Oldest update not yet processed', about: 'Age of the oldest update that waits for the journal (unstored) or in it for its race (unread): the delay of the whole pipeline.', unit: 's', ask: [['max(alleycat_updates_oldest_unstored_seconds{node=~"$node"})', 'unstored'], ['max(alleycat_journal_lag_seconds{node=~"$node"})', 'unread']], steps: [[2, 'red']], runbook: 'AlleycatJournalLag' }),
    lines({ title: 'What riders wait for, 99 %', about: 'ok of an update; standings with it; the view of it.', unit: 's', ask: [[quantile(0.99, 'alleycat_acknowledgement_seconds'), 'ok'], [quantile(0.99, 'alleycat_standings_delay_seconds'), 'standings'], [quantile(0.99, 'alleycat_view_delay_seconds'), 'view']], steps: [[2, 'red']], runbook: 'AlleycatStandingsLate' }),

    lines({ title: 'CPU', about: 'CPUs in use by each node.', unit: 'cores', ask: [['sum by (node) (rate(process_cpu_seconds_total{node=~"$node"}[$__rate_interval]))', '{{node}}'], ['max(alleycat_cpus{node=~"$node"})', 'there are']], runbook: 'AlleycatSlowAcknowledgements' }),
    lines({ title: 'Memory', about: 'Resident memory of each node. LMDB maps its file: pages of it that are in memory count too, and can be given back.', unit: 'bytes', ask: [['sum by (node) (process_resident_memory_bytes{node=~"$node"})', '{{node}}']] }),
    bars({ title: 'Open files', about: 'Files and connections a node has open, of those it may have.', unit: 'percentunit', max: 1, ask: [['sum by (node) (process_open_fds{node=~"$node"} / process_max_fds)', '{{node}}']], steps: [[0.7, 'yellow'], [0.9, 'red']], w: 4 }),
    lines({ title: 'Threads', about: 'Threads of each node.', unit: 'none', ask: [['sum by (node) (process_threads{node=~"$node"})', '{{node}}']], w: 4 }),

    bars({ title: 'Runs for', about: 'Since the start of each node.', unit: 's', base: 'blue', ask: [['time() - max by (node) (process_start_time_seconds{node=~"$node"})', '{{node}}']], w: 8, h: 5 }),
    bars({ title: 'Version', about: 'What runs where; different ones only while an upgrade is under way.', unit: 'none', base: 'blue', max: 1, ask: [['max by (node, version, revision) (alleycat_build_info{node=~"$node"})', '{{node}} {{version}} {{revision}}']], w: 8, h: 5 }),
    lines({ title: 'Metrics that failed', about: 'Sources of /metrics that could not tell their numbers. Always 0.', unit: 'cps', ask: [[rate('alleycat_metrics_failures_total', 'node'), '{{node}}']], steps: [[0.001, 'red']], w: 8, h: 5 }),
  ],
});
