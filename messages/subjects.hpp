/// Every NATS subject, stream and wildcard of Alleycat, built and parsed here and nowhere else.
///
/// One token = one meaning. Ids are canonical decimal: no leading zeros, no signs. A class is 1..65535, a racer and a
/// race are 0..2^32-1, an epoch is 0..2^64-1. A subject with any other token does not parse.
#pragma once

#include "racing/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

// -- streams and buckets ----------------------------------------------------------------------------------------------

inline constexpr std::string_view results_stream = "ALLEYCAT_RESULTS";
inline constexpr std::string_view bests_stream = "ALLEYCAT_BESTS";
inline constexpr std::string_view edits_stream = "ALLEYCAT_EDITS";
inline constexpr std::string_view deadletter_stream = "ALLEYCAT_DEADLETTER";
/// Which generations of epochs were begun; a few messages in a lifetime.
inline constexpr std::string_view generations_stream = "ALLEYCAT_GENERATIONS";
inline constexpr std::string_view cluster_bucket = "ALLEYCAT_CLUSTER";
/// The stream below the bucket, as NATS' KV names it.
inline constexpr std::string_view cluster_stream = "KV_ALLEYCAT_CLUSTER";
/// `ALLEYCAT_JOURNAL_<class>`
std::string journal_stream(class_id cls);

// -- wildcards: what nodes subscribe to, and what streams capture -----------------------------------------------------

inline constexpr std::string_view all_updates = "alleycat.update.*.*";
inline constexpr std::string_view all_batches = "alleycat.batch.*";
inline constexpr std::string_view all_queries = "alleycat.query.>";
inline constexpr std::string_view all_ghost_requests = "alleycat.racer.*.ghost";
inline constexpr std::string_view all_results = "alleycat.result.*.*";
inline constexpr std::string_view all_rides = "alleycat.ride.*.*.*";
inline constexpr std::string_view all_bests = "alleycat.best.*.*.*";
inline constexpr std::string_view all_edits = "alleycat.edit.*";
inline constexpr std::string_view all_deadletters = "alleycat.deadletter.*";
inline constexpr std::string_view all_generations = "alleycat.generation.*";
/// `alleycat.journal.<class>.*`
std::string journal_wildcard(class_id cls);
/// `alleycat.best.<class>.*.*`
std::string best_wildcard(class_id cls);
/// `alleycat.ride.<class>.<race>.*`
std::string ride_wildcard(race_key key);
/// All rides of a racer.
std::string ride_wildcard(racer_id racer);
/// The changelog of a racer.
std::string best_wildcard(racer_id racer);

/// The queue group of all ingest actors.
inline constexpr std::string_view ingest_queue = "ingest";
/// The queue group of all nodes that answer queries.
inline constexpr std::string_view query_queue = "query";

// -- subjects ---------------------------------------------------------------------------------------------------------

std::string update_subject(class_id cls, racer_id racer);
/// @param gateway  one NATS token: not empty, without '.', '*', '>' and white space
std::string batch_subject(std::string_view gateway);
std::string journal_subject(race_key key);
std::string standings_subject(race_key key);
std::string top_subject(race_key key);
std::string result_subject(race_key key);
/// Where the result is stored; what is published on `result_subject` are the same bytes.
std::string stored_result_subject(race_key key);
std::string ride_subject(race_key key, racer_id racer);
std::string best_subject(class_id cls, racer_id racer, epoch owner_epoch);
std::string edit_subject(racer_id racer);
std::string view_subject(racer_id racer);
std::string ghost_subject(racer_id racer);
std::string leaderboard_subject(class_id cls);
/// @param kind  one NATS token, like "race_opened"
std::string event_subject(std::string_view kind);
/// @param verb_and_args  tokens joined by '.', like "leaderboard.3"
std::string query_subject(std::string_view verb_and_args);
std::string deadletter_subject(class_id cls);
/// What other nodes ask a node when they have no link to it. @param node  its name, one NATS token
std::string node_ask_subject(std::string_view node);
/// Where an entry of the cluster's bucket is written. @param key  tokens joined by '.', or `>` for all
std::string bucket_subject(std::string_view key);
/// A note that a generation of epochs is in use. @param number  1, 2, 3 …
std::string generation_subject(std::uint64_t number);
/// Where to ask for single messages of a stream, of which any replica answers.
std::string direct_get_subject(std::string_view stream);

// -- parsers: nothing for a subject of another form -------------------------------------------------------------------

struct update_address {
  class_id cls;
  racer_id racer;

  friend bool operator==(const update_address&, const update_address&) = default;
};

struct ride_address {
  race_key key;
  racer_id racer;

  friend bool operator==(const ride_address&, const ride_address&) = default;
};

struct best_address {
  class_id cls;
  racer_id racer;
  epoch owner_epoch;

  friend bool operator==(const best_address&, const best_address&) = default;
};

std::optional<update_address> parse_update_subject(std::string_view subject);
/// @returns the gateway's name, a view into `subject`.
std::optional<std::string_view> parse_batch_subject(std::string_view subject);
std::optional<race_key> parse_journal_subject(std::string_view subject);
std::optional<race_key> parse_standings_subject(std::string_view subject);
std::optional<race_key> parse_result_subject(std::string_view subject);
std::optional<race_key> parse_stored_result_subject(std::string_view subject);
std::optional<ride_address> parse_ride_subject(std::string_view subject);
std::optional<best_address> parse_best_subject(std::string_view subject);
std::optional<racer_id> parse_edit_subject(std::string_view subject);
/// @returns the key.
std::optional<std::string> bucket_key_of(std::string_view subject);
std::optional<std::uint64_t> parse_generation_subject(std::string_view subject);
std::optional<racer_id> parse_view_subject(std::string_view subject);
std::optional<racer_id> parse_ghost_subject(std::string_view subject);
/// @returns the verb and its arguments: 1 to 8 tokens, none empty, views into `subject`.
std::optional<std::vector<std::string_view>> parse_query_subject(std::string_view subject);

/// For tokens of queries: canonical decimal, or nothing.
std::optional<class_id> parse_class_id(std::string_view token);
std::optional<race_id> parse_race_id(std::string_view token);
std::optional<racer_id> parse_racer_id(std::string_view token);
/// 1..65535
std::optional<own_second> parse_own_second(std::string_view token);

/// Whether a node may answer to this reply subject: only below `_INBOX.`, or a client could make a node write its
/// answer into the journal.
bool may_answer(std::string_view reply_subject);

} // namespace alleycat
