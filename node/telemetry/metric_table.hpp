/// Every metric of a node, with what it means: the only place where one is made. docs/metrics.md is written from it
/// (`node_base_test "[write-docs]"`).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace alleycat {

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

struct metric_row {
  std::string_view group; ///< heading in the documentation
  std::string_view name;
  metric_kind kind;
  std::string_view labels; ///< names, by the alphabet, separated by blanks; never a racer or a race
  std::string_view unit;
  std::string_view help; ///< one line, a sentence
};

// clang-format off
inline constexpr metric_row metric_table[] = {
  // Taking updates in
  {"Updates", "alleycat_updates_received_total", metric_kind::counter, "", "updates", "Updates that reached this node's ingest."},
  {"Updates", "alleycat_updates_acknowledged_total", metric_kind::counter, "", "updates", "Updates stored in the journal."},
  {"Updates", "alleycat_updates_refused_total", metric_kind::counter, "reason", "updates", "Updates without effect, by reason."},
  {"Updates", "alleycat_updates_unstored", metric_kind::gauge, "", "updates", "Updates waiting for the journal."},
  {"Updates", "alleycat_updates_oldest_unstored_seconds", metric_kind::gauge, "", "seconds", "Age of the oldest update that waits for the journal; 0 without one."},
  {"Updates", "alleycat_acknowledgement_seconds", metric_kind::histogram, "", "seconds", "From an update's arrival at ingest to its storage in the journal, when it is answered ok."},
  {"Updates", "alleycat_batches_sent_total", metric_kind::counter, "", "batches", "Journal batches sent for the first time."},
  {"Updates", "alleycat_batches_stored_total", metric_kind::counter, "", "batches", "Journal batches confirmed by JetStream."},
  {"Updates", "alleycat_batches_resent_total", metric_kind::counter, "", "batches", "Journal batches sent again for want of a confirmation."},
  {"Updates", "alleycat_batches_no_room_total", metric_kind::counter, "", "batches", "Journal batches refused because the journal is full."},
  {"Updates", "alleycat_batches_failed_total", metric_kind::counter, "", "batches", "Journal batches refused for another reason, and sent again."},
  {"Updates", "alleycat_journal_commit_seconds", metric_kind::histogram, "", "seconds", "From sending a batch to JetStream to its confirmation."},
  {"Updates", "alleycat_deadletters_total", metric_kind::counter, "outcome", "messages", "Refused messages by what became of them."},

  // Live races
  {"Races", "alleycat_updates_folded_total", metric_kind::counter, "", "updates", "Updates read back from the journal by this node's races."},
  {"Races", "alleycat_updates_accepted_total", metric_kind::counter, "", "updates", "Updates that took effect in a race."},
  {"Races", "alleycat_journal_lag_seconds", metric_kind::gauge, "class", "seconds", "Age of the oldest update in the journal that a race owned here has not read; 0 = all are read."},
  {"Races", "alleycat_standings_delay_seconds", metric_kind::histogram, "", "seconds", "From the journal's time of the oldest update in standings to their publication."},
  {"Races", "alleycat_view_delay_seconds", metric_kind::histogram, "", "seconds", "From the journal's time of the oldest update of a tick to the publication of a rider's view of it."},
  {"Races", "alleycat_standings_published_total", metric_kind::counter, "", "messages", "Standings published."},
  {"Races", "alleycat_standings_stale_total", metric_kind::counter, "", "messages", "Standings published without all-time ranks."},
  {"Races", "alleycat_views_published_total", metric_kind::counter, "", "messages", "Rider views published."},
  {"Races", "alleycat_racer_seconds_total", metric_kind::counter, "", "updates", "Accepted seconds that reached a racer actor."},
  {"Races", "alleycat_races_open", metric_kind::gauge, "", "races", "Races that are running or closing here."},
  {"Races", "alleycat_riders_live", metric_kind::gauge, "", "riders", "Riders who reported within the last 2 s."},
  {"Races", "alleycat_race_overdue_seconds", metric_kind::gauge, "class", "seconds", "How long the oldest open race is past its deadline; 0 = none is."},
  {"Races", "alleycat_races_opened_total", metric_kind::counter, "", "races", "Race actors made."},
  {"Races", "alleycat_races_closed_total", metric_kind::counter, "", "races", "Races closed, stored and merged."},
  {"Races", "alleycat_closes_delayed", metric_kind::gauge, "", "races", "Races whose close waits: a step failed and is tried again."},
  {"Races", "alleycat_close_seconds", metric_kind::histogram, "", "seconds", "From a race's last update and its mark being read to its published result."},
  {"Races", "alleycat_marks_acknowledged_total", metric_kind::counter, "", "messages", "Close marks that the journal stored."},
  {"Races", "alleycat_marks_early_total", metric_kind::counter, "", "messages", "Close marks stored before their race's deadline: they end nothing."},
  {"Races", "alleycat_journal_undecodable_total", metric_kind::counter, "", "messages", "Journal messages that did not decode and were skipped."},
  {"Races", "alleycat_readers_reopened_total", metric_kind::counter, "", "readers", "Readers of the journal that had fallen silent and were opened again."},
  {"Races", "alleycat_output_fenced_total", metric_kind::counter, "", "messages", "Messages not published: their term was over, or not trusted, or NATS away."},

  // Tables of a class
  {"Classes", "alleycat_alltime_racers", metric_kind::gauge, "class", "racers", "Racers in the all-time table of a class owned here."},
  {"Classes", "alleycat_leaderboard_rows", metric_kind::gauge, "class", "rows", "Racers on the leaderboard of a class owned here."},
  {"Classes", "alleycat_rank_requests_total", metric_kind::counter, "", "requests", "Rank batches asked of this node's classes."},
  {"Classes", "alleycat_merge_seconds", metric_kind::histogram, "", "seconds", "Merging a closed race into the tables of its class."},
  {"Classes", "alleycat_races_merged_total", metric_kind::counter, "", "races", "Closed races merged into this node's classes."},
  {"Classes", "alleycat_bests_beaten_total", metric_kind::counter, "", "seconds ridden", "All-time bests of a second that were set or beaten."},
  {"Classes", "alleycat_records_broken_total", metric_kind::counter, "", "records", "Riders' records on a leaderboard that were set or beaten."},
  {"Classes", "alleycat_bests_announced_total", metric_kind::counter, "", "messages", "Entries written to the changelog of bests."},

  // Who owns what
  {"Cluster", "alleycat_class_owned", metric_kind::gauge, "class", "boolean", "1 = this node owns the class."},
  {"Cluster", "alleycat_class_epoch", metric_kind::gauge, "class", "epoch", "Epoch of the class's owner as this node knows it; 0 without one."},
  {"Cluster", "alleycat_cluster_members", metric_kind::gauge, "state", "nodes", "Members of the cluster as this node sees them, by state."},
  {"Cluster", "alleycat_cluster_trusted", metric_kind::gauge, "", "boolean", "1 = this node knows at this moment what it owns, and may publish."},
  {"Cluster", "alleycat_clock_offset_seconds", metric_kind::gauge, "", "seconds", "By how much this node's clock is at least ahead of the nats-server's (below 0: behind); beyond 1 s it takes no updates."},
  {"Cluster", "alleycat_classes_started_total", metric_kind::counter, "", "terms", "Terms as a class's owner that began here."},
  {"Cluster", "alleycat_classes_taken_over_total", metric_kind::counter, "", "terms", "Such terms that followed an owner's death."},
  {"Cluster", "alleycat_classes_fenced_total", metric_kind::counter, "", "terms", "Such terms that ended because another node had a higher epoch."},
  {"Cluster", "alleycat_takeover_seconds", metric_kind::histogram, "how", "seconds", "From the claim of a class to all its races read and published: took_over, handed_over or claimed."},
  {"Cluster", "alleycat_peer_up", metric_kind::gauge, "peer", "boolean", "1 = the link to that node is up."},
  {"Cluster", "alleycat_peer_messages_total", metric_kind::counter, "direction peer", "messages", "Messages to (out) and from (in) another node over CAF."},
  {"Cluster", "alleycat_peer_bytes_total", metric_kind::counter, "direction peer", "bytes", "Bytes of their bodies."},
  {"Cluster", "alleycat_peer_connections_total", metric_kind::counter, "peer", "connections", "How often the link to that node came up."},
  {"Cluster", "alleycat_peer_refusals_total", metric_kind::counter, "reason", "messages", "Connections, hellos and messages of other nodes that were not taken, by reason; untrusted = without a certificate of the cluster's authority."},
  {"Cluster", "alleycat_peer_detours_total", metric_kind::counter, "way", "messages", "Questions and notes between nodes without a link, over NATS: sent, taken or refused here."},
  {"Cluster", "alleycat_peer_epochs_refused_total", metric_kind::counter, "", "messages", "Messages of other nodes with an epoch far beyond all that is known; the epoch was passed over."},
  {"Cluster", "alleycat_peer_refused_total", metric_kind::counter, "peer", "messages", "Messages of that node that were not taken."},

  // Questions
  {"Queries", "alleycat_query_seconds", metric_kind::histogram, "verb", "seconds", "From a question's arrival to its answer."},
  {"Queries", "alleycat_questions_refused_total", metric_kind::counter, "", "questions", "Questions refused at once: too long, or too many under way."},
  {"Queries", "alleycat_query_errors_total", metric_kind::counter, "verb", "answers", "Questions that were answered with an error."},

  // Disk
  {"Storage", "alleycat_store_commit_seconds", metric_kind::histogram, "", "seconds", "A transaction of LMDB, the sync to disk included."},
  {"Storage", "alleycat_store_errors_total", metric_kind::counter, "", "calls", "Calls of the store that failed and are repeated, as on a full disk."},
  {"Storage", "alleycat_store_writes_total", metric_kind::counter, "", "transactions", "Transactions that were to be written to LMDB."},
  {"Storage", "alleycat_store_busy_seconds", metric_kind::gauge, "", "seconds", "How long the transaction under way has been taking; 0 without one."},
  {"Storage", "alleycat_store_used_bytes", metric_kind::gauge, "", "bytes", "Bytes of LMDB's file in use."},
  {"Storage", "alleycat_store_map_bytes", metric_kind::gauge, "", "bytes", "Bytes LMDB's file may grow to before the map is doubled."},
  {"Storage", "alleycat_store_limit_bytes", metric_kind::gauge, "", "bytes", "Bytes the map may be doubled up to (history.max_bytes)."},
  {"Storage", "alleycat_data_free_bytes", metric_kind::gauge, "", "bytes", "Bytes free on the disk of the data folder."},
  {"Storage", "alleycat_data_size_bytes", metric_kind::gauge, "", "bytes", "Bytes that disk has."},
  {"Storage", "alleycat_edits_applied_total", metric_kind::counter, "", "corrections", "Corrections (rename, hide, forget, exclude, clear) that were read from their stream and stand in the store."},
  {"Storage", "alleycat_follower_current", metric_kind::gauge, "", "boolean", "1 = the store has everything that is in the results stream."},
  {"Storage", "alleycat_follower_left", metric_kind::gauge, "", "messages", "Messages of the results stream still to be read."},
  {"Storage", "alleycat_follower_messages_total", metric_kind::counter, "", "messages", "Messages read from the results stream and the changelog."},
  {"Storage", "alleycat_follower_undecodable_total", metric_kind::counter, "", "messages", "Such messages that did not decode and were skipped."},
  {"Storage", "alleycat_streams_backwards_total", metric_kind::counter, "", "times", "Times a stream did not hold any more what had been read from it."},
  {"Storage", "alleycat_history_results_removed_total", metric_kind::counter, "", "results", "Results of old races removed from LMDB and the results stream."},
  {"Storage", "alleycat_history_rides_removed_total", metric_kind::counter, "", "rides", "Rides of old races removed from LMDB and the results stream."},

  // NATS
  {"NATS", "alleycat_nats_connections", metric_kind::gauge, "", "connections", "Connections to NATS that are up."},
  {"NATS", "alleycat_nats_reconnects_total", metric_kind::counter, "", "connections", "Reconnections to NATS."},
  {"NATS", "alleycat_nats_slow_consumer_total", metric_kind::counter, "", "times", "Times a subscription began to lose messages, being too slow for them."},
  {"NATS", "alleycat_nats_pending_messages", metric_kind::gauge, "subscription", "messages", "Messages that came and wait for this node's callback."},
  {"NATS", "alleycat_nats_pending_bytes", metric_kind::gauge, "subscription", "bytes", "Bytes of them."},
  {"NATS", "alleycat_nats_dropped_total", metric_kind::counter, "subscription", "messages", "Messages lost because too many were waiting."},
  {"NATS", "alleycat_stream_bytes", metric_kind::gauge, "stream", "bytes", "Bytes in a JetStream stream, as last asked for (every 5 s)."},
  {"NATS", "alleycat_stream_limit_bytes", metric_kind::gauge, "stream", "bytes", "Bytes it may have; streams without a limit are left out."},
  {"NATS", "alleycat_stream_messages", metric_kind::gauge, "stream", "messages", "Messages in it."},

  // Actors, under the names of CAF 0.18 and later
  {"Actors", "caf_system_running_actors", metric_kind::gauge, "name", "actors", "Actors alive, by type."},
  {"Actors", "caf_system_rejected_messages_total", metric_kind::counter, "name", "messages", "Messages that came to an actor of this type after its end."},
  {"Actors", "caf_actor_processed_messages_total", metric_kind::counter, "name", "messages", "Messages that actors of this type have handled."},
  {"Actors", "caf_actor_mailbox_size", metric_kind::gauge, "name", "messages", "Messages in the mailboxes of actors of this type."},
  {"Actors", "caf_actor_mailbox_time_seconds", metric_kind::histogram, "name", "seconds", "How long a message was in the mailbox; of each actor one message at a time is watched, of racers one in 16, counted 16 times."},
  {"Actors", "caf_actor_processing_time_seconds", metric_kind::histogram, "name", "seconds", "How long a message was handled; of racers one in 16 is timed, and counted 16 times."},
  {"Actors", "alleycat_actor_dead_letters_total", metric_kind::counter, "name", "messages", "Messages that were in the mailbox of an actor when it ended."},
  {"Actors", "alleycat_actor_restarts_total", metric_kind::counter, "name", "actors", "Actors that died and were made again."},

  // The process
  {"Process", "alleycat_build_info", metric_kind::gauge, "caf lmdb nats revision version", "", "What this program is made of; always 1."},
  {"Process", "alleycat_node_info", metric_kind::gauge, "incarnation name", "", "Name of this node and its start's number; always 1."},
  {"Process", "alleycat_cpus", metric_kind::gauge, "", "threads", "Threads that this machine runs at a time."},
  {"Process", "alleycat_metrics_failures_total", metric_kind::counter, "", "times", "Sources of this page that could not tell their numbers."},
  {"Process", "process_cpu_seconds_total", metric_kind::counter, "", "seconds", "Total user and system CPU time spent in seconds."},
  {"Process", "process_threads", metric_kind::gauge, "", "threads", "Number of threads."},
  {"Process", "process_start_time_seconds", metric_kind::gauge, "", "seconds since 1970", "Start time of the process since unix epoch in seconds."},
  {"Process", "process_virtual_memory_bytes", metric_kind::gauge, "", "bytes", "Virtual memory size in bytes."},
  {"Process", "process_resident_memory_bytes", metric_kind::gauge, "", "bytes", "Resident memory size in bytes."},
  {"Process", "process_open_fds", metric_kind::gauge, "", "files", "Number of open file descriptors."},
  {"Process", "process_max_fds", metric_kind::gauge, "", "files", "Maximum number of open file descriptors."},
};
// clang-format on

/// The row of this name. A name that is not in the table does not compile.
consteval const metric_row& metric(std::string_view name) {
  for (const auto& row : metric_table)
    if (row.name == name)
      return row;
  throw "there is no such metric in the table";
}

/// docs/metrics.md.
std::string describe_metrics();

} // namespace alleycat
