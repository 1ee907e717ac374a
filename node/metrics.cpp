#include "node/metrics.hpp"

#include "actors/metered.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace alleycat {

namespace {

struct named_counter {
  const metric_row* what;
  counter meters::*value;
};

constexpr named_counter counters[] = {
    {&metric("alleycat_updates_received_total"), &meters::updates_received},
    {&metric("alleycat_updates_acknowledged_total"), &meters::updates_acknowledged},
    {&metric("alleycat_batches_sent_total"), &meters::batches_sent},
    {&metric("alleycat_batches_stored_total"), &meters::batches_stored},
    {&metric("alleycat_batches_resent_total"), &meters::batches_resent},
    {&metric("alleycat_batches_no_room_total"), &meters::batches_no_room},
    {&metric("alleycat_batches_failed_total"), &meters::batches_failed},
    {&metric("alleycat_questions_refused_total"), &meters::questions_refused},
    {&metric("alleycat_updates_folded_total"), &meters::updates_folded},
    {&metric("alleycat_updates_accepted_total"), &meters::updates_accepted},
    {&metric("alleycat_journal_undecodable_total"), &meters::journal_undecodable},
    {&metric("alleycat_standings_published_total"), &meters::standings_published},
    {&metric("alleycat_standings_stale_total"), &meters::standings_stale},
    {&metric("alleycat_views_published_total"), &meters::views_published},
    {&metric("alleycat_racer_seconds_total"), &meters::racer_seconds},
    {&metric("alleycat_races_opened_total"), &meters::races_opened},
    {&metric("alleycat_races_closed_total"), &meters::races_closed},
    {&metric("alleycat_marks_acknowledged_total"), &meters::marks_acknowledged},
    {&metric("alleycat_marks_early_total"), &meters::marks_early},
    {&metric("alleycat_output_fenced_total"), &meters::output_fenced},
    {&metric("alleycat_readers_reopened_total"), &meters::readers_reopened},
    {&metric("alleycat_peer_epochs_refused_total"), &meters::peer_epochs_refused},
    {&metric("alleycat_classes_started_total"), &meters::classes_started},
    {&metric("alleycat_classes_taken_over_total"), &meters::classes_taken_over},
    {&metric("alleycat_classes_fenced_total"), &meters::classes_fenced},
    {&metric("alleycat_rank_requests_total"), &meters::rank_requests},
    {&metric("alleycat_races_merged_total"), &meters::races_merged},
    {&metric("alleycat_bests_beaten_total"), &meters::bests_beaten},
    {&metric("alleycat_records_broken_total"), &meters::records_broken},
    {&metric("alleycat_edits_applied_total"), &meters::edits_applied},
    {&metric("alleycat_follower_messages_total"), &meters::results_log_read},
    {&metric("alleycat_follower_undecodable_total"), &meters::results_log_undecodable},
    {&metric("alleycat_streams_backwards_total"), &meters::streams_backwards},
    {&metric("alleycat_bests_announced_total"), &meters::bests_announced},
    {&metric("alleycat_store_errors_total"), &meters::store_errors},
    {&metric("alleycat_store_writes_total"), &meters::store_writes},
    {&metric("alleycat_history_results_removed_total"), &meters::results_removed},
    {&metric("alleycat_history_rides_removed_total"), &meters::rides_removed},
};

struct named_gauge {
  const metric_row* what;
  gauge meters::*value;
};

constexpr named_gauge gauges[] = {
    {&metric("alleycat_follower_current"), &meters::follower_current},
    {&metric("alleycat_updates_unstored"), &meters::updates_unstored},
    {&metric("alleycat_follower_left"), &meters::results_log_left},
    {&metric("alleycat_races_open"), &meters::races_open},
    {&metric("alleycat_riders_live"), &meters::riders_live},
    {&metric("alleycat_store_used_bytes"), &meters::store_used_bytes},
    {&metric("alleycat_store_map_bytes"), &meters::store_map_bytes},
    {&metric("alleycat_closes_delayed"), &meters::closes_delayed},
};

struct named_histogram {
  const metric_row* what;
  histogram meters::*value;
};

constexpr named_histogram histograms[] = {
    {&metric("alleycat_acknowledgement_seconds"), &meters::acknowledgement},
    {&metric("alleycat_journal_commit_seconds"), &meters::journal_commit},
    {&metric("alleycat_standings_delay_seconds"), &meters::standings_delay},
    {&metric("alleycat_view_delay_seconds"), &meters::view_delay},
    {&metric("alleycat_close_seconds"), &meters::close},
    {&metric("alleycat_merge_seconds"), &meters::merge},
    {&metric("alleycat_store_commit_seconds"), &meters::store_commit},
};

template <class Number>
double number(Number value) {
  return static_cast<double>(value);
}

void add(collector& into, const metric_row& what, const histogram& from, const metric_labels& labels = {}) {
  const auto sums = from.read();
  into.histogram(what, from.bounds(), std::span{sums.counts}.first(from.bounds().size() + 1), sums.seconds, labels);
}

double seconds(std::int64_t milliseconds) {
  return number(milliseconds) / 1000;
}

double seconds(milliseconds span) {
  return seconds(span.count());
}

std::string text(class_id cls) {
  return std::to_string(cls.value());
}

} // namespace

void collect_meters(const meters& counts, collector& into) {
  for (const auto& c : counters)
    into.add(*c.what, number((counts.*c.value).value()));
  for (const auto& g : gauges)
    into.add(*g.what, number((counts.*g.value).value()));
  for (const auto& h : histograms)
    add(into, *h.what, counts.*h.value);
  for (std::size_t i = 1; i < refusal_count; ++i)
    into.add(metric("alleycat_updates_refused_total"), number(counts.updates_refused[i].value()),
             {{"reason", std::string{to_string(static_cast<refusal>(i))}}});
  into.add(metric("alleycat_updates_oldest_unstored_seconds"), seconds(counts.oldest_unstored_ms.value()));
  for (const auto& [cls, of] : counts.classes) {
    const metric_labels label{{"class", text(cls)}};
    into.add(metric("alleycat_journal_lag_seconds"), seconds(of.lag_ms()), label);
    into.add(metric("alleycat_race_overdue_seconds"), seconds(of.overdue_ms()), label);
    into.add(metric("alleycat_alltime_racers"), number(of.racers.value()), label);
    into.add(metric("alleycat_leaderboard_rows"), number(of.records.value()), label);
  }
  add(into, metric("alleycat_takeover_seconds"), counts.took_over, {{"how", "took_over"}});
  add(into, metric("alleycat_takeover_seconds"), counts.handed_over, {{"how", "handed_over"}});
  add(into, metric("alleycat_takeover_seconds"), counts.claimed, {{"how", "claimed"}});
}

void collect_actors(collector& into) {
  for (std::size_t i = 0; i < actor_kinds; ++i) {
    const auto kind = static_cast<actor_kind>(i);
    const auto& of = actor_meters::of(kind);
    const metric_labels label{{"name", std::string{to_string(kind)}}};
    into.add(metric("caf_system_running_actors"), number(of.running()), label);
    into.add(metric("caf_system_rejected_messages_total"), number(of.rejected_messages()), label);
    into.add(metric("caf_actor_processed_messages_total"), number(of.processed()), label);
    into.add(metric("caf_actor_mailbox_size"), number(of.mailbox_size()), label);
    add(into, metric("caf_actor_mailbox_time_seconds"), of.waiting, label);
    add(into, metric("caf_actor_processing_time_seconds"), of.processing, label);
    into.add(metric("alleycat_actor_dead_letters_total"), number(of.dropped_messages()), label);
    into.add(metric("alleycat_actor_restarts_total"), number(of.restarts()), label);
  }
}

void collect_store(const meters& counts, unix_ms now, const std::filesystem::path& data, std::uint64_t limit,
                   collector& into) {
  const auto since = counts.store_busy_since.value();
  into.add(metric("alleycat_store_busy_seconds"),
           since == 0 ? 0 : seconds(std::max(milliseconds{0}, now - at_ms(since))));
  into.add(metric("alleycat_store_limit_bytes"), number(limit));
  std::error_code trouble;
  if (const auto space = std::filesystem::space(data, trouble); !trouble) {
    into.add(metric("alleycat_data_free_bytes"), number(space.available));
    into.add(metric("alleycat_data_size_bytes"), number(space.capacity));
  }
}

void collect_dead_letters(const dead_letters& letters, collector& into) {
  into.add(metric("alleycat_deadletters_total"), number(letters.published().value()), {{"outcome", "published"}});
  into.add(metric("alleycat_deadletters_total"), number(letters.dropped().value()), {{"outcome", "dropped"}});
}

void collect_connections(const std::vector<const nats_connection*>& connections, collector& into) {
  std::uint64_t connected = 0, reconnects = 0, slow = 0;
  for (const auto* c : connections) {
    connected += c->connected() ? 1 : 0;
    reconnects += c->reconnects();
    slow += c->slow_consumers();
  }
  into.add(metric("alleycat_nats_connections"), number(connected));
  into.add(metric("alleycat_nats_reconnects_total"), number(reconnects));
  into.add(metric("alleycat_nats_slow_consumer_total"), number(slow));
}

void collect_backlogs(const std::vector<std::pair<std::string_view, nats_subscription::backlog>>& backlogs,
                      collector& into) {
  std::map<std::string, nats_subscription::backlog> sums;
  for (const auto& [name, each] : backlogs) {
    auto& sum = sums[std::string{name}];
    sum.messages += each.messages;
    sum.bytes += each.bytes;
    sum.dropped += each.dropped;
  }
  for (const auto& [name, sum] : sums) {
    into.add(metric("alleycat_nats_pending_messages"), number(sum.messages), {{"subscription", name}});
    into.add(metric("alleycat_nats_pending_bytes"), number(sum.bytes), {{"subscription", name}});
    into.add(metric("alleycat_nats_dropped_total"), number(sum.dropped), {{"subscription", name}});
  }
}

void collect_streams(const stream_watch& streams, collector& into) {
  for (const auto& stream : streams.sizes()) {
    into.add(metric("alleycat_stream_bytes"), number(stream.bytes), {{"stream", stream.name}});
    into.add(metric("alleycat_stream_messages"), number(stream.messages), {{"stream", stream.name}});
    if (stream.max_bytes != 0)
      into.add(metric("alleycat_stream_limit_bytes"), number(stream.max_bytes), {{"stream", stream.name}});
  }
}

void collect_queries(const query_meters& queries, collector& into) {
  for (std::size_t i = 0; i < query_meters::verbs.size(); ++i) {
    const metric_labels label{{"verb", std::string{query_meters::verbs[i]}}};
    add(into, metric("alleycat_query_seconds"), queries.all()[i].took, label);
    into.add(metric("alleycat_query_errors_total"), number(queries.all()[i].errors.value()), label);
  }
}

void collect_cluster(const cluster_side& cluster, const meters& counts, collector& into) {
  const auto seen = cluster.picture();
  for (const auto& [cls, of] : counts.classes) {
    const auto owner = seen->owners.find(cls);
    const metric_labels label{{"class", text(cls)}};
    into.add(metric("alleycat_class_owned"), cluster.owns(cls) ? 1 : 0, label);
    into.add(metric("alleycat_class_epoch"),
             owner == seen->owners.end() ? 0 : number(owner->second.owner_epoch.value()), label);
  }
  std::array<int, 4> members{};
  for (const auto& member : seen->members)
    ++members.at(static_cast<std::size_t>(member.state));
  constexpr std::array states{"live", "unfit", "draining", "dead"};
  for (std::size_t i = 0; i < states.size(); ++i)
    into.add(metric("alleycat_cluster_members"), members[i], {{"state", states[i]}});
  into.add(metric("alleycat_cluster_trusted"), cluster.trusted() ? 1 : 0);
  into.add(metric("alleycat_clock_offset_seconds"), seconds(cluster.clock_ahead()));
  into.add(metric("alleycat_node_info"), 1,
           {{"name", cluster.node()}, {"incarnation", std::to_string(seen->incarnation)}});
  for (std::size_t i = 1; i < peer_faults; ++i) {
    const auto why = static_cast<peer_fault>(i);
    into.add(metric("alleycat_peer_refusals_total"), number(cluster.peer_refusals(why)), {{"reason", to_string(why)}});
  }
  if (const auto detour = cluster.detour()) {
    into.add(metric("alleycat_peer_detours_total"), number(detour->asked()), {{"way", "sent"}});
    into.add(metric("alleycat_peer_detours_total"), number(detour->taken()), {{"way", "taken"}});
    into.add(metric("alleycat_peer_detours_total"), number(detour->refused()), {{"way", "refused"}});
  }
  for (const auto& peer : cluster.peer_rows()) {
    const metric_labels label{{"peer", peer.node}};
    into.add(metric("alleycat_peer_up"), peer.up ? 1 : 0, label);
    into.add(metric("alleycat_peer_connections_total"), number(peer.connected), label);
    into.add(metric("alleycat_peer_refused_total"), number(peer.refused), label);
    const auto both = [&](const metric_row& what, std::uint64_t in, std::uint64_t out) {
      into.add(what, number(in), {{"peer", peer.node}, {"direction", "in"}});
      into.add(what, number(out), {{"peer", peer.node}, {"direction", "out"}});
    };
    both(metric("alleycat_peer_messages_total"), peer.messages_in, peer.messages_out);
    both(metric("alleycat_peer_bytes_total"), peer.bytes_in, peer.bytes_out);
  }
}

} // namespace alleycat
