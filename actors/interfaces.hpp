/// The whole message map of a node on one page.
///
///     NATS --arrival--> ingest --batches--> journal --entries--> race --ticks--> racer --view--> NATS
///                          |                                     |  |
///                        hint                          rank batch|  |folded to its mark
///                          v                                     v  v
///     cluster --own--> registry --makes--> shard --makes--> race, class
///                                            | closing: ranks, rides, result, merge
///                                            v                               '--> store (LMDB) --> changelog
///                                         results --> JetStream --> follower --> store <-- editor <-- corrections
///                                                                       '------> class
#pragma once

#include "actors/ingest_messages.hpp"
#include "actors/query_messages.hpp"
#include "actors/race_messages.hpp"
#include "actors/shard_messages.hpp"
#include "actors/store_messages.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace alleycat {

/// One rider in one race: what is personal. Lives as long as its race.
using racer_actor = caf::typed_actor<
    // A tick of the race has news of this rider, at this index of `riders`.
    caf::reacts_to<race_tick_ptr, std::uint32_t>,
    // Race against this.
    caf::reacts_to<ghost_curve_ptr>,
    // Nothing more will come.
    caf::reacts_to<race_over>>;

/// Touches LMDB; detached. A node has two: one writes, the other only reads and does not wait for a sync.
using store_actor = caf::typed_actor<
    // Every racer's bests of a class.
    caf::replies_to<load_class>::with<class_records_ptr>,
    // One transaction for a closed race.
    caf::replies_to<apply_closed>::with<merge_result>,
    // Likewise for what is left of one, and for entries of the changelog.
    caf::replies_to<apply_rides>::with<merge_result>, caf::replies_to<apply_bests>::with<applied_bests>,
    // One transaction for a correction.
    caf::replies_to<apply_edit>::with<edit_effect>,
    // The bests of one racer, after it.
    caf::replies_to<find_bests>::with<bests_answer>,
    // What is to leave the streams, and that it has.
    caf::replies_to<find_cleanups>::with<cleanups>, caf::replies_to<keep_cleaned>::with<ack>,
    // The way of bests into the changelog.
    caf::replies_to<find_unannounced_bests>::with<unannounced_bests>, caf::replies_to<keep_announced>::with<ack>,
    // How far the streams were read.
    caf::replies_to<find_cursor>::with<cursor_answer>, caf::replies_to<store_cursor>::with<ack>,
    // Was this race merged, and up to where was its journal read then?
    caf::replies_to<find_applied>::with<applied_answer>,
    // A race older than what is kept.
    caf::replies_to<find_old>::with<old_race_search>,
    // One transaction that lets it go.
    caf::replies_to<remove_old>::with<removed>>;

/// Answers questions from LMDB; detached, only reads. Every node has one: its store has the closed races of all nodes.
using archive_actor = caf::typed_actor<
    // Closed races, newest first.
    caf::replies_to<list_races>::with<race_list>,
    // The final ranking of a closed race.
    caf::replies_to<find_result>::with<result_answer>,
    // Its here-now table at an own second.
    caf::replies_to<find_moment>::with<moment_answer>,
    // Riders by name or number.
    caf::replies_to<find_people>::with<people_found>,
    // The audit log.
    caf::replies_to<list_edits>::with<edit_list>,
    // What is known of a racer.
    caf::replies_to<find_racer>::with<racer_answer>,
    // A ride with all its seconds.
    caf::replies_to<find_ride>::with<ride_answer>>;

/// The leaderboards of the last days, of all classes; detached, since loading them reads 30 days of results. Every node
/// has one.
using calendar_actor = caf::typed_actor<
    // Load what is not loaded yet; turn the day.
    caf::reacts_to<look_at_clock>,
    // A race that the store has now.
    caf::reacts_to<closed_race_ptr>,
    // A correction that it has.
    caf::reacts_to<edited>,
    // A page of one of them.
    caf::replies_to<get_period_board>::with<leaderboard_answer>>;

/// Writes to the results stream and the changelog; detached, since it waits for answers. A node has two: one stores, the
/// other removes.
using results_actor = caf::typed_actor<
    // The rides of a closed race, create-only.
    caf::replies_to<settle_rides>::with<closed_race_ptr>,
    // Then its result, likewise.
    caf::replies_to<settle_result>::with<result_settled>,
    // What is stored of one.
    caf::replies_to<find_stored_result>::with<stored_payload>,
    // A correction, into its stream.
    caf::replies_to<append_edit>::with<edit_appended>,
    // What was corrected, out of the streams.
    caf::replies_to<clean_streams>::with<cleaned_streams>,
    // All of them, or an error.
    caf::replies_to<store_bests>::with<bests_stored>,
    // The result first, then the rides that leave: what is not there is no error.
    caf::replies_to<remove_stored>::with<removed>>;

/// Lets go of old races.
using retention_actor = caf::typed_actor<
    // Time for the next look.
    caf::reacts_to<look_at_clock>>;

/// Follows the stream of corrections: into the books and the store, and to whoever has tables of their own.
using editor_actor = caf::typed_actor<
    // The reader has items.
    caf::reacts_to<arrived>,
    // Ask again how far the stream is.
    caf::reacts_to<look_at_clock>,
    // The reader knows how far it is.
    caf::reacts_to<stream_end>,
    // Tell the sender of each one.
    caf::reacts_to<follow_edits>,
    // Clean the streams now.
    caf::replies_to<clean_now>::with<cleaned_streams>,
    // Every correction that is in the stream now is applied here.
    caf::replies_to<catch_up>::with<caught_up>,
    // What one of them did, once it is applied.
    caf::replies_to<await_edit>::with<edit_effect>>;

/// Keeps the store as far as the results stream is, whoever closed the races in it; an empty store begins with the
/// changelog.
using follower_actor = caf::typed_actor<
    // The reader has items.
    caf::reacts_to<arrived>,
    // Ask again how far the stream is; keep the mark.
    caf::reacts_to<look_at_clock>,
    // The reader knows how far it is.
    caf::reacts_to<stream_end>,
    // From the editor: a correction that the store has.
    caf::reacts_to<edited>,
    // From a class: its results and corrections from now on.
    caf::reacts_to<feed_class>,
    // Everything that is in the streams now is in the store.
    caf::replies_to<catch_up>::with<caught_up>,
    // How long it will take.
    caf::replies_to<get_follow_progress>::with<follow_progress>>;

/// One class: the all-time table and the leaderboard.
using class_actor = caf::typed_actor<
    // Load again what could not be loaded.
    caf::reacts_to<look_at_clock>,
    // Go on ranking or merging a closed race.
    caf::reacts_to<work_on>,
    // Ranks of riders at their seconds.
    caf::replies_to<rank_batch>::with<rank_answer>,
    // Ranks of every second of a closed race, before its merge.
    caf::replies_to<rank_closed>::with<closed_race_ptr>,
    // A closed race whose result is stored, from its close here or from the follower: merge it.
    caf::reacts_to<closed_race_ptr>,
    // A correction that is in the store.
    caf::reacts_to<edited>,
    // A page of the leaderboard.
    caf::replies_to<get_leaderboard>::with<leaderboard_answer>,
    // A page of the all-time table at a second.
    caf::replies_to<get_all_time>::with<all_time_answer>,
    // Whose ride is the ghost, or the curve of the median.
    caf::replies_to<find_ghost>::with<ghost_source>>;

/// One race: folds its journal, ranks, publishes; folded to its mark it goes to the shard, which closes it.
using race_actor = caf::typed_actor<
    // The journal reader has items.
    caf::reacts_to<arrived>,
    // Write the close mark if it is time.
    caf::reacts_to<look_at_clock>,
    // Publish what has waited.
    caf::reacts_to<standings_due>, caf::reacts_to<ranks_due>,
    // Go on making the final state.
    caf::reacts_to<work_on>,
    // What the journal has of it.
    caf::reacts_to<journal_extent>,
    // Nothing is left to do.
    caf::reacts_to<race_over>,
    // The standings as they are.
    caf::replies_to<get_standings>::with<standings_ptr>,
    // The ranking at one own second.
    caf::replies_to<get_moment>::with<moment_answer>,
    // One of its riders chooses a ghost.
    caf::replies_to<set_ghost>::with<ghost_set>>;

/// Takes updates in: checks, group commit, answers.
using ingest_actor = caf::typed_actor<
    // The NATS threads have items.
    caf::reacts_to<arrived>,
    // Commit what is pending.
    caf::reacts_to<linger_over>,
    // A batch is stored, or was refused.
    caf::reacts_to<journal_ack>,
    // Send again what was not confirmed.
    caf::reacts_to<look_at_clock>,
    // Before leaving: commit everything.
    caf::replies_to<flush_pending>::with<flushed>>;

/// One class with its live races, under one owner's term: spawns and supervises them, closes races in order.
using shard_actor = caf::typed_actor<
    // The class is owned by this epoch.
    caf::reacts_to<begin_term>,
    // It is not any more.
    caf::replies_to<end_term>::with<ack>,
    // A race got its first update.
    caf::reacts_to<race_hint>,
    // The journal was listed.
    caf::reacts_to<journal_listing>,
    // An applied race's journal was looked at.
    caf::reacts_to<stamp_checked>,
    // From a race, when something changed.
    caf::reacts_to<race_status>,
    // From a race that is folded to its mark.
    caf::reacts_to<closed_race_ptr>,
    // From the class.
    caf::reacts_to<class_status>,
    // A step of a close may be due.
    caf::reacts_to<go_on>,
    // List the journal; purge what may be purged.
    caf::reacts_to<look_at_clock>,
    // Whom to ask; error: unknown_race.
    caf::replies_to<find_race>::with<race_actor>, caf::replies_to<find_class>::with<class_actor>>;

/// The shards of this node: carries out what the cluster has decided.
using registry_actor = caf::typed_actor<
    // Read a class and its races, and emit nothing.
    caf::reacts_to<preload_class>,
    // It was not needed.
    caf::reacts_to<preload_over>,
    // Own it.
    caf::reacts_to<own_class>,
    // Let go of it.
    caf::reacts_to<disown_class>,
    // From ingest: a race got its first update.
    caf::reacts_to<race_hint>,
    // From a shard, when something changed.
    caf::reacts_to<shard_status>,
    // All live races of the classes that are owned here.
    caf::replies_to<get_open_races>::with<open_races>,
    // Whom to ask; errors: not_owner, unknown_race.
    caf::replies_to<find_race>::with<race_actor>, caf::replies_to<find_class>::with<class_actor>>;

} // namespace alleycat
