// @ts-check
import { bars, board, classes, lines, nodes, quantile, rate } from '../lib/panels.mjs';

const ofClass = 'node=~"$node",class=~"$class"';

export default () => board({
  uid: 'race-day',
  title: 'Race day',
  about: 'Riders, races, standings, results.',
  variables: [nodes, classes],
  panels: [
    lines({ title: 'Riders', about: 'Who reported within the last 2 s, by the node that ranks them.', unit: 'none', stacked: true, ask: [['sum by (node) (alleycat_riders_live{node=~"$node"})', '{{node}}']] }),
    lines({ title: 'Races open', about: 'Running, or closing: two for each class as a rule, three during a grace.', unit: 'none', stacked: true, ask: [['sum by (node) (alleycat_races_open{node=~"$node"})', '{{node}}']] }),
    lines({ title: 'Updates', about: 'Received and acknowledged at ingest; read back and accepted by the races. The four go together; read back runs ahead after a take-over.', unit: 'cps', ask: [[rate('alleycat_updates_received_total'), 'received'], [rate('alleycat_updates_acknowledged_total'), 'acknowledged'], [rate('alleycat_updates_folded_total'), 'read back'], [rate('alleycat_updates_accepted_total'), 'accepted'], [rate('alleycat_racer_seconds_total'), 'reached the rider']], runbook: 'AlleycatJournalLag' }),

    lines({ title: 'Refused by reason', about: 'Updates without effect. `duplicate` is harmless: sent again for want of an answer.', unit: 'cps', ask: [['sum by (reason) (rate(alleycat_updates_refused_total{node=~"$node"}[$__rate_interval]))', '{{reason}}']], runbook: 'AlleycatRefusalsHigh' }),
    lines({ title: 'Acknowledgement', about: 'From arrival to stored: half, 95 % and 99 % of the updates within this time.', unit: 's', ask: [[quantile(0.5, 'alleycat_acknowledgement_seconds'), '50 %'], [quantile(0.95, 'alleycat_acknowledgement_seconds'), '95 %'], [quantile(0.99, 'alleycat_acknowledgement_seconds'), '99 %']], steps: [[0.5, 'red']], runbook: 'AlleycatSlowAcknowledgements' }),
    lines({ title: 'Journal lag by class', about: 'Age of the oldest update that the race has not read.', unit: 's', ask: [[`max by (class) (alleycat_journal_lag_seconds{${ofClass}})`, 'class {{class}}']], steps: [[2, 'red']], runbook: 'AlleycatJournalLag' }),

    lines({ title: 'Standings', about: 'From the journal to published standings, by their oldest update.', unit: 's', ask: [[quantile(0.5, 'alleycat_standings_delay_seconds'), '50 %'], [quantile(0.99, 'alleycat_standings_delay_seconds'), '99 %']], steps: [[2, 'red']], runbook: 'AlleycatStandingsLate' }),
    lines({ title: 'Views', about: 'From the journal to the view of a rider.', unit: 's', ask: [[quantile(0.5, 'alleycat_view_delay_seconds'), '50 %'], [quantile(0.99, 'alleycat_view_delay_seconds'), '99 %']], steps: [[2, 'red']], runbook: 'AlleycatStandingsLate' }),
    lines({ title: 'Published', about: 'Standings, of these without all-time ranks, and views.', unit: 'mps', ask: [[rate('alleycat_standings_published_total'), 'standings'], [rate('alleycat_standings_stale_total'), 'without all-time ranks'], [rate('alleycat_views_published_total'), 'views']], runbook: 'AlleycatStandingsLate' }),

    lines({ title: 'Races opened and closed', about: 'In the last 5 minutes. Merged follows closed: LMDB comes behind the result.', unit: 'none', ask: [['sum(increase(alleycat_races_opened_total{node=~"$node"}[5m]))', 'opened'], ['sum(increase(alleycat_races_closed_total{node=~"$node"}[5m]))', 'closed'], ['sum(increase(alleycat_races_merged_total{node=~"$node"}[5m]))', 'merged']], runbook: 'AlleycatRaceOverdue' }),
    lines({ title: 'Closing a race', about: 'From its mark to its published result.', unit: 's', ask: [['histogram_quantile(0.5, sum by (le) (increase(alleycat_close_seconds_bucket{node=~"$node"}[10m])))', '50 %'], ['histogram_quantile(0.99, sum by (le) (increase(alleycat_close_seconds_bucket{node=~"$node"}[10m])))', '99 %']], steps: [[10, 'red']], runbook: 'AlleycatRaceOverdue' }),
    lines({ title: 'Past the deadline', about: 'How long the oldest open race of a class is past its deadline: some seconds while it closes.', unit: 's', ask: [[`max by (class) (alleycat_race_overdue_seconds{${ofClass}})`, 'class {{class}}'], ['sum(alleycat_closes_delayed{node=~"$node"})', 'closes that wait']], steps: [[60, 'red']], runbook: 'AlleycatRaceOverdue' }),

    lines({ title: 'Questions', about: 'Questions over NATS, by verb.', unit: 'reqps', ask: [['sum by (verb) (rate(alleycat_query_seconds_count{node=~"$node"}[$__rate_interval]))', '{{verb}}']] }),
    lines({ title: 'Answers within, 99 %', about: 'By verb, those that were asked.', unit: 's', ask: [[quantile(0.99, 'alleycat_query_seconds', 'verb'), '{{verb}}']], steps: [[0.5, 'yellow'], [2, 'red']] }),
    lines({ title: 'Answers with an error', about: 'Also what people ask in vain: a rider nobody knows.', unit: 'reqps', ask: [[rate('alleycat_query_errors_total', 'verb'), '{{verb}}'], [rate('alleycat_questions_refused_total'), 'refused at once']] }),

    bars({ title: 'All-time tables', about: 'Racers with a best, by class.', unit: 'short', base: 'blue', ask: [[`max by (class) (alleycat_alltime_racers{${ofClass}})`, 'class {{class}}']], w: 6 }),
    bars({ title: 'Leaderboards', about: 'Racers with a finished ride, by class.', unit: 'short', base: 'blue', ask: [[`max by (class) (alleycat_leaderboard_rows{${ofClass}})`, 'class {{class}}']], w: 6 }),
    lines({ title: 'Bests and records', about: 'In the last 5 minutes: bests of a second, and records of riders, set or beaten.', unit: 'short', ask: [['sum(increase(alleycat_bests_beaten_total{node=~"$node"}[5m]))', 'bests'], ['sum(increase(alleycat_records_broken_total{node=~"$node"}[5m]))', 'records']], w: 6 }),
    lines({ title: 'Dead letters', about: 'Messages that could not be read or judged, in the last 5 minutes.', unit: 'short', ask: [['sum by (outcome) (increase(alleycat_deadletters_total{node=~"$node"}[5m]))', '{{outcome}}']], steps: [[100, 'red']], runbook: 'AlleycatDeadLetters', w: 6 }),
  ],
});
