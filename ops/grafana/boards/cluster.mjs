// @ts-check
import { bars, board, classes, lines, nodes, rate } from '../lib/panels.mjs';

const ofClass = 'node=~"$node",class=~"$class"';

export default () => board({
  uid: 'cluster',
  title: 'Cluster',
  about: 'Who is there, who owns what, how it changes hands.',
  variables: [nodes, classes],
  panels: [
    lines({ title: 'Answers Prometheus', about: '1 = the node answers.', unit: 'none', max: 1, ask: [['min by (node) (up{job="alleycat",node=~"$node"})', '{{node}}']], runbook: 'AlleycatNodeDown' }),
    lines({ title: 'Members', about: 'By state, as the most pessimistic node sees them.', unit: 'none', stacked: true, ask: [['max by (state) (alleycat_cluster_members{node=~"$node"})', '{{state}}']], runbook: 'AlleycatNodeDown' }),
    lines({ title: 'Classes owned', about: 'By node; they share evenly when nothing has changed for some seconds.', unit: 'none', stacked: true, ask: [['sum by (node) (alleycat_class_owned{node=~"$node"})', '{{node}}']], runbook: 'AlleycatClassWithoutOwner' }),

    bars({ title: 'Owners by class', about: '1 owner for each class.', unit: 'none', base: 'red', max: 2, steps: [[1, 'green'], [2, 'red']], ask: [[`sum by (class) (alleycat_class_owned{${ofClass}})`, 'class {{class}}']], runbook: 'AlleycatClassWithTwoOwners' }),
    lines({ title: 'Epochs', about: 'One more with each new owner.', unit: 'none', ask: [[`max by (class) (alleycat_class_epoch{${ofClass}})`, 'class {{class}}']], runbook: 'AlleycatTakeOversTooOften' }),
    lines({ title: 'Terms', about: 'In the last 5 minutes: begun; of these after a death; ended because somebody had a higher epoch.', unit: 'none', ask: [['sum(increase(alleycat_classes_started_total{node=~"$node"}[5m]))', 'begun'], ['sum(increase(alleycat_classes_taken_over_total{node=~"$node"}[5m]))', 'after a death'], ['sum(increase(alleycat_classes_fenced_total{node=~"$node"}[5m]))', 'fenced']], runbook: 'AlleycatTakeOversTooOften' }),

    lines({ title: 'Getting ready', about: 'From a claim to class and races read, 99 %, in the last 10 minutes; taken over after a death, handed over, or claimed at a start.', unit: 's', ask: [['histogram_quantile(0.99, sum by (le, how) (increase(alleycat_takeover_seconds_bucket{node=~"$node"}[10m])))', '{{how}}']], steps: [[5, 'red']], runbook: 'AlleycatClassWithoutOwner' }),
    lines({ title: 'Knows what it owns', about: '1 = the node may publish. 0 while NATS is away from it.', unit: 'none', max: 1, ask: [['min by (node) (alleycat_cluster_trusted{node=~"$node"})', '{{node}}']], runbook: 'AlleycatNotTrusted' }),
    lines({ title: 'Not published', about: 'Messages held back: their term was over, or not trusted, or NATS away. Some at each change of owner.', unit: 'mps', ask: [[rate('alleycat_output_fenced_total', 'node'), '{{node}}']], runbook: 'AlleycatNotTrusted' }),

    lines({ title: 'Clock offset', about: 'Of each node to the nats-server, at least. Beyond 1 s it takes no updates.', unit: 's', min: -1, max: 1, steps: [[0.5, 'red']], ask: [['max by (node) (alleycat_clock_offset_seconds{node=~"$node"})', '{{node}}']], runbook: 'AlleycatClocksApart' }),
    lines({ title: 'Links to other nodes', about: '1 = the link from node to peer is up. Data goes over NATS: without a link both still own what they own.', unit: 'none', max: 1, ask: [['min by (node, peer) (alleycat_peer_up{node=~"$node"})', '{{node}} to {{peer}}']], runbook: 'AlleycatNodeDown' }),
    lines({ title: 'Links made, messages refused', about: 'In the last 5 minutes.', unit: 'none', ask: [['sum by (peer) (increase(alleycat_peer_connections_total{node=~"$node"}[5m]))', 'made to {{peer}}'], ['sum by (peer) (increase(alleycat_peer_refused_total{node=~"$node"}[5m]))', 'refused of {{peer}}'], ['sum by (reason) (increase(alleycat_peer_refusals_total{node=~"$node"}[5m]))', 'refused: {{reason}}'], ['sum(increase(alleycat_peer_epochs_refused_total{node=~"$node"}[5m]))', 'absurd epochs'], ['sum by (way) (increase(alleycat_peer_detours_total{node=~"$node"}[5m]))', 'over NATS, {{way}}']], runbook: 'AlleycatNodeDown' }),

    lines({ title: 'Messages between nodes', about: 'Hints of new races, questions for an owner, hand-overs.', unit: 'mps', w: 12, ask: [['sum by (peer, direction) (rate(alleycat_peer_messages_total{node=~"$node"}[$__rate_interval]))', '{{direction}} {{peer}}']] }),
    lines({ title: 'Bytes between nodes', about: 'Bodies of these messages.', unit: 'Bps', w: 12, ask: [['sum by (peer, direction) (rate(alleycat_peer_bytes_total{node=~"$node"}[$__rate_interval]))', '{{direction}} {{peer}}']] }),
  ],
});
