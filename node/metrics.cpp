#include "node/metrics.hpp"

#include <algorithm>
#include <string>

namespace alleycat {

namespace {

struct named_counter {
  std::string_view name;
  std::string_view help;
  counter meters::*value;
};

constexpr named_counter counters[] = {
    {"alleycat_updates_received_total", "Updates that reached this node's ingest.", &meters::updates_received},
    {"alleycat_updates_acknowledged_total", "Updates stored in the journal.", &meters::updates_acknowledged},
    {"alleycat_batches_sent_total", "Journal batches sent for the first time.", &meters::batches_sent},
    {"alleycat_batches_stored_total", "Journal batches confirmed by JetStream.", &meters::batches_stored},
    {"alleycat_batches_resent_total", "Journal batches sent again for want of a confirmation.",
     &meters::batches_resent},
    {"alleycat_batches_no_room_total", "Journal batches refused because the journal is full.",
     &meters::batches_no_room},
    {"alleycat_batches_failed_total", "Journal batches refused for another reason, and sent again.",
     &meters::batches_failed},
    {"alleycat_questions_refused_total", "Questions refused at once: too long, or too many under way.",
     &meters::questions_refused},
    {"alleycat_updates_folded_total", "Updates read back from the journal by this node's races.",
     &meters::updates_folded},
    {"alleycat_updates_accepted_total", "Updates that took effect in a race.", &meters::updates_accepted},
    {"alleycat_journal_undecodable_total", "Journal messages that did not decode and were skipped.",
     &meters::journal_undecodable},
    {"alleycat_standings_published_total", "Standings published.", &meters::standings_published},
    {"alleycat_standings_stale_total", "Standings published without all-time ranks.", &meters::standings_stale},
    {"alleycat_views_published_total", "Rider views published.", &meters::views_published},
    {"alleycat_racer_seconds_total", "Accepted seconds that reached a racer actor.", &meters::racer_seconds},
    {"alleycat_races_opened_total", "Race actors made.", &meters::races_opened},
    {"alleycat_races_closed_total", "Races closed, stored and merged.", &meters::races_closed},
    {"alleycat_races_restarted_total", "Race actors that died and were made again.", &meters::races_restarted},
    {"alleycat_marks_acknowledged_total", "Close marks that the journal stored.", &meters::marks_acknowledged},
    {"alleycat_marks_early_total", "Close marks stored before their race's deadline: they end nothing.",
     &meters::marks_early},
    {"alleycat_output_fenced_total", "Messages not published: their term was over, or not trusted, or NATS away.",
     &meters::output_fenced},
    {"alleycat_readers_reopened_total", "Readers of the journal that had fallen silent and were opened again.",
     &meters::readers_reopened},
    {"alleycat_classes_started_total", "Terms as a class's owner that began here.", &meters::classes_started},
    {"alleycat_classes_taken_over_total", "Such terms that followed an owner's death.", &meters::classes_taken_over},
    {"alleycat_classes_fenced_total", "Such terms that ended because another node had a higher epoch.",
     &meters::classes_fenced},
    {"alleycat_rank_requests_total", "Rank batches asked of this node's classes.", &meters::rank_requests},
    {"alleycat_races_merged_total", "Closed races merged into this node's classes.", &meters::races_merged},
    {"alleycat_bests_beaten_total", "All-time bests of a second that were set or beaten.", &meters::bests_beaten},
    {"alleycat_records_broken_total", "Leaderboard records that were set or beaten.", &meters::records_broken},
    {"alleycat_follower_messages_total", "Messages of the results stream and the changelog that were read.",
     &meters::results_log_read},
    {"alleycat_follower_undecodable_total", "Such messages that did not decode and were skipped.",
     &meters::results_log_undecodable},
    {"alleycat_streams_backwards_total", "Times a stream did not hold any more what had been read from it.",
     &meters::streams_backwards},
    {"alleycat_bests_announced_total", "Entries written to the changelog of bests.", &meters::bests_announced},
    {"alleycat_store_errors_total", "Calls of the store that failed and are repeated, as on a full disk.",
     &meters::store_errors},
    {"alleycat_store_writes_total", "Transactions that were to be written to LMDB.", &meters::store_writes},
    {"alleycat_history_results_removed_total", "Results of old races removed from LMDB and the results stream.",
     &meters::results_removed},
    {"alleycat_history_rides_removed_total", "Rides of old races removed from LMDB and the results stream.",
     &meters::rides_removed},
};

struct named_gauge {
  std::string_view name;
  std::string_view help;
  gauge meters::*value;
};

constexpr named_gauge gauges[] = {
    {"alleycat_updates_unstored", "Updates waiting for the journal.", &meters::updates_unstored},
    {"alleycat_follower_left", "Messages of the results stream still to be read.", &meters::results_log_left},
    {"alleycat_races_open", "Races that are running or closing here.", &meters::races_open},
    {"alleycat_riders_live", "Riders who reported within the last 2 s.", &meters::riders_live},
    {"alleycat_store_used_bytes", "Bytes of LMDB's file in use.", &meters::store_used_bytes},
    {"alleycat_store_map_bytes", "Bytes LMDB's file may grow to before the map is doubled.", &meters::store_map_bytes},
    {"alleycat_closes_delayed", "Races whose close waits: a step failed and is tried again.", &meters::closes_delayed},
};

struct actor_gauge {
  std::string_view type;
  gauge meters::*value;
};

constexpr actor_gauge actors[] = {
    {"racer", &meters::racer_actors},
    {"race", &meters::race_actors},
    {"class", &meters::class_actors},
    {"ingest", &meters::ingest_actors},
};

} // namespace

void collect_meters(const meters& counts, collector& into) {
  for (const auto& c : counters)
    into.counter(c.name, c.help, static_cast<double>((counts.*c.value).value()));
  for (const auto& g : gauges)
    into.gauge(g.name, g.help, static_cast<double>((counts.*g.value).value()));
  for (std::size_t i = 1; i < refusal_count; ++i)
    into.counter("alleycat_updates_refused_total", "Updates without effect, by reason.",
                 static_cast<double>(counts.updates_refused[i].value()),
                 {{"reason", std::string{to_string(static_cast<refusal>(i))}}});
  for (const auto& a : actors)
    into.gauge("caf_system_running_actors", "Actors alive, by type.", static_cast<double>((counts.*a.value).value()),
               {{"name", std::string{a.type}}});
}

void collect_store(const meters& counts, unix_ms now, const std::filesystem::path& data, collector& into) {
  into.counter("alleycat_store_write_seconds_total", "Time LMDB's transactions took, the sync to disk included.",
               static_cast<double>(counts.store_write_ms.value()) / 1000);
  const auto since = counts.store_busy_since.value();
  into.gauge("alleycat_store_busy_seconds", "How long the transaction under way has been taking; 0 without one.",
             since == 0 ? 0 : static_cast<double>(std::max<unix_ms>(0, now - since)) / 1000);
  std::error_code trouble;
  if (const auto space = std::filesystem::space(data, trouble); !trouble)
    into.gauge("alleycat_data_free_bytes", "Bytes free on the disk of the data folder.",
               static_cast<double>(space.available));
}

void collect_dead_letters(const dead_letters& letters, collector& into) {
  into.counter("alleycat_deadletters_total", "Refused messages by what became of them.",
               static_cast<double>(letters.published().value()), {{"outcome", "published"}});
  into.counter("alleycat_deadletters_total", "Refused messages by what became of them.",
               static_cast<double>(letters.dropped().value()), {{"outcome", "dropped"}});
}

void collect_connections(const std::vector<const nats_connection*>& connections, collector& into) {
  double connected = 0;
  double reconnects = 0;
  for (const auto* c : connections) {
    connected += c->connected() ? 1 : 0;
    reconnects += static_cast<double>(c->reconnects());
  }
  into.gauge("alleycat_nats_connections", "Connections to NATS that are up.", connected);
  into.counter("alleycat_nats_reconnects_total", "Reconnections to NATS.", reconnects);
}

} // namespace alleycat
