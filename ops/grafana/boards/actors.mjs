// @ts-check
import { bars, board, lines, nodes, quantile, rate } from '../lib/panels.mjs';

export default () => board({
  uid: 'actors',
  title: 'Actors',
  about: 'Mailboxes and times of the actors, by type; under the names CAF itself uses from 0.18 on.',
  variables: [nodes],
  panels: [
    bars({ title: 'Running', about: 'Actors alive: one racer for each rider in each race, two or three races and one class for each class owned.', unit: 'short', base: 'blue', h: 10, ask: [['sum by (name) (caf_system_running_actors{node=~"$node"})', '{{name}}']], w: 6 }),
    lines({ title: 'Messages handled', about: 'What the actors of each type handle, all of them together.', unit: 'mps', h: 10, w: 9, ask: [[rate('caf_actor_processed_messages_total', 'name'), '{{name}}']], runbook: 'AlleycatJournalLag' }),
    lines({ title: 'Mailboxes', about: 'Messages that wait, all actors of a type together. Racers get theirs all at once, each second.', unit: 'short', h: 10, w: 9, ask: [['sum by (name) (caf_actor_mailbox_size{node=~"$node"})', '{{name}}']], steps: [[10000, 'red']], runbook: 'AlleycatJournalLag' }),

    lines({ title: 'Time in the mailbox, 99 %', about: 'How long a message waits for its actor. Racers wait for each other: a field of 1,000 takes some milliseconds.', unit: 's', h: 9, ask: [[quantile(0.99, 'caf_actor_mailbox_time_seconds', 'name'), '{{name}}']], steps: [[0.25, 'red']], runbook: 'AlleycatSlowAcknowledgements' }),
    lines({ title: 'Time of a message, 99 %', about: 'How long an actor handles a message. Those that wait for a disk or for JetStream (store, results) may take long; ingest, race and class may not.', unit: 's', h: 9, ask: [[quantile(0.99, 'caf_actor_processing_time_seconds', 'name'), '{{name}}']], runbook: 'AlleycatStandingsLate' }),
    lines({ title: 'Busy', about: 'Threads that each type keeps busy, waiting for disks included.', unit: 'cores', h: 9, stacked: true, ask: [['sum by (name) (rate(caf_actor_processing_time_seconds_sum{node=~"$node"}[$__rate_interval]))', '{{name}}']], runbook: 'AlleycatSlowAcknowledgements' }),

    lines({ title: 'Rejected', w: 6, about: 'Messages that came to an actor after its end: a question to a race that has just closed.', unit: 'mps', ask: [[rate('caf_system_rejected_messages_total', 'name'), '{{name}}']], runbook: 'AlleycatActorRestarted' }),
    lines({ title: 'Left behind', w: 6, about: 'Messages in the mailbox of an actor when it ended.', unit: 'mps', ask: [[rate('alleycat_actor_dead_letters_total', 'name'), '{{name}}']], runbook: 'AlleycatActorRestarted' }),
    lines({ title: 'Made again', w: 6, about: 'Actors that died and were made again, in the last 5 minutes. Always 0.', unit: 'none', ask: [['sum by (name) (increase(alleycat_actor_restarts_total{node=~"$node"}[5m]))', '{{name}}']], steps: [[1, 'red']], runbook: 'AlleycatActorRestarted' }),
    lines({ title: 'Rank batches', w: 6, about: 'Questions of races to their class; one a tick.', unit: 'reqps', ask: [[rate('alleycat_rank_requests_total', 'node'), '{{node}}']], runbook: 'AlleycatStandingsLate' }),
  ],
});
